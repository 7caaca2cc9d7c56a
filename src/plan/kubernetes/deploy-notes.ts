import type { Environment } from '../../config/schema/environment.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { Note } from '../plan.ts';
import { gpuNotes } from './gpus.ts';
import { onlyUnchecked } from './interrupted.ts';
import type { ClusterObserved } from './observed.ts';
import { othersOnLonghorn } from './volumes.ts';

interface Deploy {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
}

/** Where it is deployed to, what goes on there, and who else is concerned. */
export function deployNotes(deploy: Deploy): Note[] {
  const { environment, observed } = deploy;
  const notes: Note[] = [
    {
      severity: 'info',
      text: `context ${observed.context}, Kubernetes ${observed.kubernetesVersion} at ${observed.server}`,
    },
  ];
  const { interrupted } = observed;
  if (interrupted) {
    const { command, host, step } = interrupted;
    const text = onlyUnchecked(interrupted)
      ? `after \`${command}\` on ${host} nobody has been able to work in the hub yet, as far as was tried; that is tried again`
      : `\`${command}\` on ${host} has not come to its end (${step}); this goes on from what is there`;
    notes.push({ severity: 'warning', text });
  }
  return [...notes, ...sharedNote(deploy), ...gpuNotes(environment, observed.nodes)];
}

/** Who else uses what the cluster shares. */
function sharedNote({ environment, systems, observed }: Deploy): Note[] {
  const shared = systems.filter(({ scope }) => scope === 'cluster');
  const users = [
    ...observed.neighbours.map(({ environment: name, namespace }) => `${name} (${namespace})`),
    ...(shared.some(({ id }) => id === 'longhorn') ? othersOnLonghorn({ environment, observed }) : []),
  ];
  if (shared.length === 0 || users.length === 0) return [];
  const titles = shared.map(({ title }) => title).join(' and ');
  return [{ severity: 'info', text: `${titles} is shared with ${users.join(', ')}` }];
}
