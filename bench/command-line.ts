import { fileURLToPath } from 'node:url';
import { command, sideBySide, timed, type Row } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** How much longer a command takes than starting Node for nothing. Whole processes, the launcher included. */
export async function commandLine(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const args of [['--help'], ['check']]) {
    const ours = (): Promise<number> => timed(() => hubwright(args));
    await ours();
    const pair = await sideBySide(20, ours, startNode);
    rows.push({ what: `\`hubwright ${args.join(' ')}\``, rival: '`node -e 0`', pair, goal: '≤ 2.5' });
  }
  return rows;
}

function hubwright(args: readonly string[]): Promise<string> {
  return command(`${root}hubwright`, args, { cwd: `${root}examples/training` });
}

function startNode(): Promise<number> {
  return timed(() => command(process.execPath, ['-e', '0']));
}
