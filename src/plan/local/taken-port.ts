import type { Environment } from '../../config/schema/environment.ts';
import type { Refusal } from '../plan.ts';
import type { LocalObserved, TakenPort } from './observed.ts';

/** A port that the file names and somebody else has. One that is not named is replaced by a free one. */
export function takenPort({ name }: Environment, { portTaken }: LocalObserved): Refusal | undefined {
  if (portTaken === undefined) return undefined;
  const { port, by, neighbour } = portTaken;
  return {
    what:
      neighbour === undefined
        ? `Port ${port} is in use by ${by}.`
        : `Port ${port} is in use by environment ${neighbour.environment} of ${neighbour.deployment}, which runs on this machine too.`,
    where: `local.port of environment ${name}`,
    fix: `${stopping(neighbour)}, or write another port there. Without \`local.port\` a free one is found.`,
  };
}

function stopping(neighbour: TakenPort['neighbour']): string {
  if (neighbour === undefined) return 'Stop that process';
  return `Stop it (\`${neighbour.down}\`; homes and passwords stay)`;
}
