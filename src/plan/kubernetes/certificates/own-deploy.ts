import type { Values } from '../../../config/values.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import type { System } from '../../../platform/kubernetes/system.ts';
import type { Note, Refusal } from '../../plan.ts';
import type { ClusterObserved } from '../observed.ts';
import { releaseKey } from '../releases.ts';
import { type OwnFault, ownFaults } from './own.ts';
import { forEnvironment } from './state.ts';
import { hubReleaseOf } from './wanted.ts';

interface Looked {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: Pick<ClusterObserved, 'certificate' | 'ownCertificate' | 'releases'>;
}

/** On the proxy's pods: which certificate they have started with. */
const annotation = 'hubwright/certificate';

/**
 * The systems with the fingerprint of an own certificate's Secret in the values of the proxy. The proxy reads a certificate only
 * when it starts, and the chart starts it anew for its values alone: this one changes with what is in the Secret.
 */
export function withOwnMark(looked: Pick<Looked, 'environment' | 'systems' | 'observed'>): readonly System[] {
  const mark = markOf(looked);
  if (mark === undefined) return looked.systems;
  return looked.systems.map((system) => {
    const { release } = system;
    if (system.id !== 'jupyterhub' || release === undefined) return system;
    const proxy = (release.values['proxy'] ?? {}) as Values;
    const annotations = { ...(proxy['annotations'] as Values | undefined), [annotation]: mark };
    const values = { ...release.values, proxy: { ...proxy, annotations } };
    return { ...system, release: { ...release, values } };
  });
}

function markOf({ environment: { https }, observed: { certificate } }: Looked): string | undefined {
  if (typeof https !== 'object' || https.secretName === undefined) return undefined;
  return certificate?.fingerprint?.replaceAll(':', '').slice(0, 16).toLowerCase();
}

const refused: ReadonlySet<OwnFault> = new Set(['missing', 'ended', 'otherKey']);

/** With such a certificate nobody would get in. */
export function ownRefusal({ environment, observed }: Looked): Refusal | undefined {
  const { ownCertificate: own } = observed;
  const fault = own && ownFaults(own).find(({ id }) => refused.has(id));
  if (fault === undefined) return undefined;
  const { name, https, kubernetes } = environment;
  const secret = typeof https === 'object' ? https.secretName : undefined;
  const fix =
    fault.id === 'missing' && secret !== undefined
      ? `Put it there, the certificate first and then those of its chain: \`kubectl create secret tls ${secret} --namespace ${kubernetes?.namespace} --cert CHAIN.pem --key KEY.pem\`.`
      : forEnvironment(fault.todo, name);
  return { what: fault.what, where: `environment ${name}, https`, fix };
}

/** What else is wrong with it, and what a new one means. */
export function ownNotes(looked: Looked): Note[] {
  const { environment, observed } = looked;
  const { ownCertificate: own } = observed;
  const faults = own === undefined ? [] : ownFaults(own).filter(({ id }) => !refused.has(id));
  const notes = faults.map(({ what, todo }): Note => {
    const text = `${what} ${forEnvironment(todo, environment.name)}`.replace(/\.$/, '');
    return { severity: 'warning', text };
  });
  return [...notes, ...renewedNote(looked)];
}

function renewedNote(looked: Looked): Note[] {
  const mark = markOf(looked);
  const release = hubReleaseOf(looked.systems);
  const live = release && looked.observed.releases[releaseKey(release)]?.newest.values;
  if (mark === undefined || live === undefined) return [];
  const { annotations = {} } = (live['proxy'] ?? {}) as { annotations?: Values };
  if (annotations[annotation] === mark) return [];
  const where = looked.observed.ownCertificate?.where;
  return [
    {
      severity: 'info',
      text: `the proxy starts anew, because it may not have read the certificate that is in ${where} now: open notebooks lose their connection for some seconds`,
    },
  ];
}
