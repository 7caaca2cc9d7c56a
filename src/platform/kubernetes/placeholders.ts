import { valueAt } from '../../config/merge.ts';
import type { Environment } from '../../config/schema/environment.ts';
import type { Profile } from '../../config/schema/profiles.ts';
import { namePrefix } from './jupyterhub/names.ts';
import { ownLabels } from './labels.ts';
import { noRights, pauseImage } from './pause.ts';
import { cpuQuantity, memoryQuantity } from './quantities.ts';
import type { KubernetesObject, Release, System } from './system.ts';
import { askedFor, userPods } from './user-pods.ts';
import type { UserPods } from './user-pods.ts';
import type { Values } from '../../config/values.ts';

/** Carried by every placeholder: its profile. */
export const placeholderLabel = 'hubwright/placeholder';

/**
 * Seats kept warm, one set of pods a profile: they do nothing, give way to any server, and while one of them finds no
 * room the autoscaler brings a node. The chart has one set of one size, and any change of it restarts the hub.
 */
export function placeholders(environment: Environment, hub: Release): System | undefined {
  const wanted = Object.entries(environment.profiles).filter(([, profile]) => profile.placeholders > 0);
  const priorityClassName = priorityClass(hub);
  // Without that class they would hold their places against people: better none.
  if (wanted.length === 0 || priorityClassName === undefined) return undefined;
  const pods = userPods(environment.helmValues.jupyterhub);
  const scheduler = schedulerName(hub);
  return {
    id: 'placeholders',
    title: 'Placeholders',
    scope: 'environment',
    // The chart makes the PriorityClass.
    needs: ['jupyterhub'],
    objects: wanted.map(([slug, profile]): KubernetesObject => {
      const labels = { ...ownLabels(environment, 'placeholders', 'environment'), [placeholderLabel]: slug };
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `placeholder-${slug}`, namespace: hub.namespace, labels },
        spec: {
          replicas: profile.placeholders,
          selector: { matchLabels: { 'hubwright/system': 'placeholders', [placeholderLabel]: slug } },
          // Never more than asked for: one too many could bring a node.
          strategy: { type: 'Recreate' },
          template: {
            metadata: { labels },
            spec: { ...podSpec(profile, pods), priorityClassName, ...scheduler },
          },
        },
      };
    }),
  };
}

function podSpec(profile: Profile, pods: UserPods): Values {
  const toleration = profile.gpus?.toleration as Values | undefined;
  const nodeSelector = { ...pods.nodeSelector, ...profile.nodeSelector };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    tolerations: [...pods.tolerations, ...(toleration === undefined ? [] : [toleration])],
    ...(pods.nodeAffinity === undefined ? {} : { affinity: { nodeAffinity: pods.nodeAffinity } }),
    containers: [
      { name: 'pause', image: pauseImage, resources: resources(profile), securityContext: noRights },
    ],
  };
}

function resources(profile: Profile): Values {
  const { gpus } = profile;
  const { cores, size } = askedFor(profile);
  const requests = {
    ...(cores === undefined ? {} : { cpu: cpuQuantity(cores) }),
    ...(size === undefined ? {} : { memory: memoryQuantity(size) }),
  };
  return {
    // The API server keeps no empty map, and a missing one would look like a change made by hand.
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
    ...(gpus === undefined ? {} : { limits: { [gpus.resource]: String(gpus.count) } }),
  };
}

/** The chart's class for placeholders, as its template `user-placeholder-priority.fullname` names it. */
function priorityClass({ name, values }: Release): string | undefined {
  for (const part of ['podPriority', 'userPlaceholder']) {
    if (valueAt(values, ['scheduling', part, 'enabled']) !== true) return undefined;
  }
  const prefix = namePrefix(name, values);
  return prefix === '' ? `${name}-user-placeholder-priority` : `${prefix}-user-placeholder`;
}

/** Where somebody turned the chart's scheduler on, placeholders have to go through it like people's servers. */
function schedulerName({ name, values }: Release): Values {
  if (valueAt(values, ['scheduling', 'userScheduler', 'enabled']) !== true) return {};
  return { schedulerName: `${namePrefix(name, values) || name}-user-scheduler` };
}
