import type { Environment } from '../../../config/schema/environment.ts';
import type { Profile } from '../../../config/schema/profiles.ts';
import { canonicalJson } from '../../fingerprint.ts';
import { profileLabel } from '../labels.ts';
import type { UserPods } from '../user-pods.ts';
import type { Value, Values } from '../../../config/values.ts';
import { literal } from './braces.ts';
import { commandHook } from './commands.ts';

/** Slug of the profile that people get who choose none: as KubeSpawner decides it. */
export function defaultProfile({ profiles }: Environment): string | undefined {
  const all = Object.entries(profiles);
  return (all.find(([, profile]) => profile.default) ?? all[0])?.[0];
}

/** `singleuser.profileList`: what people choose from, in the order of the file. */
export function profileList(environment: Environment, pods: UserPods): readonly Values[] {
  const chosen = defaultProfile(environment);
  return Object.entries(environment.profiles).map(([slug, profile]) => ({
    display_name: profile.displayName,
    description: profile.description,
    // Said, not left to KubeSpawner to derive from the display name: servers are remembered by it.
    slug,
    default: slug === chosen,
    kubespawner_override: override(slug, profile, pods),
  }));
}

/**
 * `singleuser.image`: the default profile's. The chart's own sample is then neither pulled to every node nor needed in
 * a mirror.
 */
export function defaultImage(environment: Environment): Values | undefined {
  const slug = defaultProfile(environment);
  const image = slug === undefined ? undefined : environment.profiles[slug]?.image;
  if (image === undefined) return undefined;
  // The chart puts a colon between the two. It splits digests as well: `name@sha256` and its digits.
  const colon = image.lastIndexOf(':');
  return { name: image.slice(0, colon), tag: image.slice(colon + 1) };
}

function override(slug: string, profile: Profile, pods: UserPods): Values {
  const { image, cpu, memory, nodeSelector } = profile;
  const environment = ownVariables(profile.environment);
  const hook = commandHook(profile.commands);
  return {
    ...(image === undefined ? {} : { image }),
    ...given('cpu_limit', cpu.limit),
    ...given('cpu_guarantee', cpu.guarantee),
    ...given('mem_limit', memory.limit),
    ...given('mem_guarantee', memory.guarantee),
    extra_labels: { [profileLabel]: slug },
    ...(isEmpty(environment) ? {} : { environment }),
    ...(isEmpty(nodeSelector) ? {} : { node_selector: nodeSelector }),
    ...gpuOverride(profile, pods),
    ...(hook === undefined ? {} : { lifecycle_hooks: hook }),
  };
}

function gpuOverride({ gpus }: Profile, pods: UserPods): Values {
  if (gpus === undefined) return {};
  const { count, resource, toleration } = gpus;
  return {
    extra_resource_limits: { [resource]: String(count) },
    // A list replaces the one that all servers have, so it has to hold that one too.
    ...(toleration === undefined ? {} : { tolerations: [...pods.tolerations, toleration as Values] }),
  };
}

/** Tolerations of the profiles' GPU nodes, each once: without them no image is pulled there ahead of people. */
export function gpuTolerations({ profiles }: Environment): readonly Value[] {
  const byText = new Map<string, Value>();
  for (const { gpus } of Object.values(profiles)) {
    if (gpus?.toleration) byText.set(canonicalJson(gpus.toleration), gpus.toleration as Values);
  }
  return [...byText.values()];
}

/** KubeSpawner lets these win over what the hub has to say to the server (its token, its address). */
function ownVariables(environment: Profile['environment']): Values {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('JUPYTERHUB_'));
  return Object.fromEntries(kept.map(([name, value]) => [name, literal(value)]));
}

function given(key: string, value: string | number | undefined): Values {
  return value === undefined ? {} : { [key]: value };
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0;
}
