import type { Environment } from '../../../config/schema/environment.ts';
import { stackOf } from '../../../platform/kubernetes/monitoring/names.ts';
import { fewNames, groupBy } from '../../names.ts';
import type { Refusal } from '../../plan.ts';
import { counted } from '../volumes.ts';
import type { LonghornObserved, LonghornVolume, VolumeUser } from './observed.ts';
import { wipingRefusal } from './old-versions.ts';
import type { ReinstallLooked } from './progress.ts';
import { reinstalling } from './under-way.ts';

interface Asked extends Pick<ReinstallLooked, 'environment' | 'longhorn' | 'system' | 'observed'> {
  readonly stopServers: boolean;
}

/** Why volumes cannot be saved, or not for long, or not without cutting somebody off; undefined: they can. */
export function saveRefusal(asked: Asked): Refusal | undefined {
  return (
    wipingRefusal(asked) ??
    notSaveable(asked) ??
    noTarget(asked) ??
    othersAtWork(asked) ??
    peopleAtWork(asked)
  );
}

function notSaveable({ longhorn }: Asked): Refusal | undefined {
  const held = longhorn.volumes.filter(({ hindrance }) => hindrance !== undefined);
  const [first] = held;
  if (first === undefined) return undefined;
  return {
    what: `${counted(held.length)} could not be brought back from a backup: ${first.name} ${first.hindrance}.`,
    where: volumeText(first),
    fix: "Mend or delete it in Longhorn's own page first. Nothing was changed.",
    details: held.map((volume) => `${volumeText(volume)}: ${volume.hindrance}`).join('\n'),
  };
}

function noTarget({ environment: { name }, longhorn }: Asked): Refusal | undefined {
  const usable = new Set(
    longhorn.targets.flatMap((one) => (one.available && one.url !== '' ? [one.name] : [])),
  );
  const without = longhorn.volumes.filter(({ target }) => !usable.has(target));
  const [first] = without;
  if (first === undefined) return undefined;
  const target = longhorn.targets.find((one) => one.name === first.target);
  const is =
    target === undefined || target.url === ''
      ? 'is set to no place'
      : `cannot be reached: ${target.message ?? target.url}`;
  return {
    what: `Longhorn has nowhere to save ${counted(without.length)}: its backup target ${first.target} ${is}. Uninstalling it would delete them for good.`,
    where: `namespace ${longhorn.namespace}`,
    fix: `Give it a place first (\`helmValues: { longhorn: { defaultBackupStore: { backupTarget: nfs://SERVER:/PATH } } }\`, then \`hubwright deploy ${name}\`, or in Longhorn's own page). Whoever wants to lose all: \`hubwright destroy ${name} --with-homes --with-cluster-systems\`, then deploy.`,
  };
}

/** Of other environments, or of nobody that we know: theirs to stop. */
function othersAtWork({ environment, longhorn }: Asked): Refusal | undefined {
  const others = longhorn.users.filter((user) => !isOurs(user, environment));
  if (others.length === 0) return undefined;
  const byNamespace = groupBy(others, ({ namespace }) => namespace);
  const where = [...byNamespace].map(
    ([namespace, users]) => `namespace ${namespace}: ${fewNames(users.map(({ pod }) => pod))}`,
  );
  return {
    what: `Others have volumes of Longhorn in use: ${fewNames([...byNamespace.keys()])}. While they write, no backup is whole.`,
    where: where.join('; '),
    fix: `Have them stopped (${others.map(stopCommand)[0]}), then run the command again. Their volumes are saved and brought back too.`,
    details: others.map((user) => `${user.namespace}/${user.pod} has ${user.claim}`).join('\n'),
  };
}

function stopCommand({ namespace, pod, by }: VolumeUser): string {
  return by.kind === 'workload'
    ? `\`kubectl -n ${namespace} scale ${by.ref.kind.toLowerCase()} ${by.ref.name} --replicas 0\``
    : `\`kubectl -n ${namespace} delete pod ${pod}\``;
}

function peopleAtWork({ environment, longhorn, stopServers }: Asked): Refusal | undefined {
  const people = peopleOn(longhorn);
  if (people.length === 0 || stopServers) return undefined;
  return {
    what: `People work on their homes: ${fewNames(people)}. No server can keep its home while Longhorn goes.`,
    where: `environment ${environment.name}`,
    fix: `Wait until they have stopped, or stop them: \`hubwright longhorn ${environment.name} reinstall --stop-servers\`.`,
  };
}

export function peopleOn({ users }: LonghornObserved): string[] {
  return [...new Set(users.flatMap(({ by }) => (by.kind === 'server' ? [by.user] : [])))];
}

/** What this environment may stop: people's servers, its hub, its monitoring. */
export function isOurs({ namespace, by }: VolumeUser, environment: Environment): boolean {
  return by.kind !== 'other' && ownNamespaces(environment).includes(namespace);
}

function ownNamespaces(environment: Environment): readonly string[] {
  return [environment.kubernetes?.namespace, stackOf(environment)?.namespace].filter(
    (one) => one !== undefined,
  );
}

function volumeText({ name, claim }: LonghornVolume): string {
  return claim === undefined ? `volume ${name}` : `volume ${name} of ${claim.namespace}/${claim.name}`;
}

/** One at a time in a cluster. */
export function anothersReinstall({ environment, longhorn }: Asked): Refusal | undefined {
  const { reinstall } = longhorn;
  if (reinstall === undefined || reinstall.namespace === environment.kubernetes?.namespace) return undefined;
  return reinstalling(reinstall, 'what is saved is known there');
}

export function notInstalled({ environment: { name }, longhorn }: Asked): Refusal {
  return {
    what: 'Longhorn is not installed, and no reinstall has begun.',
    where: `namespace ${longhorn.namespace}`,
    fix: `\`hubwright deploy ${name}\` installs it.`,
  };
}
