import type { CommandSpec } from '../catalog.ts';
import { wrap } from './wrap.ts';

/** Each with its meaning beside it, or above it where the terminal is too narrow. */
export function examplesText(examples: CommandSpec['examples'], program: string, width: number): string {
  const commands = examples.map(
    ([command, meaning]) => [command.replace(/^hubwright/, () => program), meaning] as const,
  );
  const column = Math.max(...commands.map(([command]) => command.length));
  const beside = commands.map(([command, meaning]) =>
    meaning === '' ? `  $ ${command}` : `  $ ${command.padEnd(column)}  # ${meaning}`,
  );
  const above = commands.map(
    ([command, meaning]) => `${meaning === '' ? '' : `${wrap(`  # ${meaning}`, width, 4)}\n`}  $ ${command}`,
  );
  const lines = beside.every((line) => line.length <= width) ? beside : above;
  return `\nExample${examples.length > 1 ? 's' : ''}:\n${lines.join('\n')}`;
}

export function exitCodesText(width: number): string {
  const codes =
    'Exit codes: 0 done, 1 failed, 2 a mistake on the command line or in a file (also kubeconfig, clouds.yaml), or a part that is missing, 130 or 143 interrupted (Ctrl-C, kill). `plan --detailed-exitcode`: 2 there are changes, 1 every error.';
  return wrap(codes, width, 2);
}
