import { stringify } from 'yaml';
import type { KubernetesObject, System, SystemId } from '../../platform/kubernetes/system.ts';
import { type Value, placeholder, secretsIn, withSecrets } from '../../config/values.ts';
import type { Environment } from '../../config/schema/environment.ts';
import { wantedAccounts } from '../../plan/kubernetes/people.ts';
import type { RenderedFile, Rendering } from '../target.ts';
import type { ClusterHost, RenderedObject } from './cluster-host.ts';

/** One for each system, and one for what Hubwright keeps for the environment itself. */
const folders: Readonly<Record<SystemId | 'environment', true>> = {
  environment: true,
  longhorn: true,
  materials: true,
  jupyterhub: true,
  placeholders: true,
  metrics: true,
  monitoring: true,
};
const names = ['objects', 'values', 'manifests', 'hooks', 'secrets'] as const;

interface What {
  readonly environment: Environment;
  readonly systems: readonly System[];
  /** Put the secrets in: whoever gets them encrypts them. */
  readonly reveal: boolean;
}

type Host = Pick<ClusterHost, 'renderForFiles' | 'renderOwn' | 'secrets'>;

/** What a deploy sends, a file for each kind of thing: what holds secrets stands in files of its own. */
export async function renderFiles({ environment, systems, reveal }: What, host: Host): Promise<Rendering> {
  const sent = systems.flatMap(({ objects, release }) => [...objects, ...(release ? [release.values] : [])]);
  const listed = wantedAccounts(environment);
  const own = await host.renderOwn({ listed, wanted: secretsIn(sent), reveal });
  const secrets = reveal ? await host.secrets() : new Map<string, string>();
  const put = (value: Value): Value => withSecrets(value, reveal ? lookUp(secrets) : placeholder);
  const ofSystems = await Promise.all(systems.map((system) => systemFiles(system, { host, reveal, put })));
  const files = [
    ...objectsFile('environment/objects', [own.namespace]),
    ...secretsFile('environment', own.secrets),
    ...ofSystems.flat(),
  ];
  const written = new Set(files.map(({ path }) => path));
  const absent = Object.keys(folders)
    .flatMap((folder) => names.map((name) => `${folder}/${name}`))
    .filter((path) => !written.has(path));
  return { files, absent, secrets: [...secrets.values()], notMade: own.notMade };
}

function lookUp(secrets: ReadonlyMap<string, string>): (name: string) => string {
  return (name) => {
    const secret = secrets.get(name);
    // Those that are not made were refused above.
    if (secret === undefined) throw new TypeError(`there is no secret ${name}`);
    return secret;
  };
}

interface How {
  readonly host: Host;
  readonly reveal: boolean;
  readonly put: (value: Value) => Value;
}

async function systemFiles(
  { id, release, objects }: System,
  { host, reveal, put }: How,
): Promise<RenderedFile[]> {
  const own = objects.map((object): RenderedObject => ({
    object: put(object) as KubernetesObject,
    holdsSecrets: secretsIn(object).length > 0,
    isHook: false,
  }));
  const sent = release ? await host.renderForFiles(release, reveal) : [];
  const values: RenderedFile[] = release
    ? [
        {
          path: `${id}/values`,
          text: stringify(put(release.values)),
          holdsSecrets: secretsIn(release.values).length > 0,
        },
      ]
    : [];
  return [
    ...objectsFile(`${id}/objects`, those(own, { isHook: false, holdsSecrets: false })),
    ...values,
    ...objectsFile(`${id}/manifests`, those(sent, { isHook: false, holdsSecrets: false })),
    ...objectsFile(`${id}/hooks`, those(sent, { isHook: true, holdsSecrets: false })),
    ...secretsFile(id, those([...own, ...sent], { holdsSecrets: true })),
  ];
}

function those(
  all: readonly RenderedObject[],
  wanted: { readonly isHook?: boolean; readonly holdsSecrets: boolean },
): KubernetesObject[] {
  return all
    .filter(({ holdsSecrets }) => holdsSecrets === wanted.holdsSecrets)
    .filter(({ isHook }) => wanted.isHook === undefined || isHook === wanted.isHook)
    .map(({ object }) => object);
}

function secretsFile(folder: string, objects: readonly KubernetesObject[]): RenderedFile[] {
  return objectsFile(`${folder}/secrets`, objects).map((file) => ({ ...file, holdsSecrets: true }));
}

function objectsFile(path: string, objects: readonly KubernetesObject[]): RenderedFile[] {
  if (objects.length === 0) return [];
  const text = objects.map((object) => `---\n${stringify(object)}`).join('');
  return [{ path, text, holdsSecrets: false }];
}
