import { join, resolve } from 'node:path';
import type { Rendering } from '../../operate/target.ts';
import type { Seal } from '../adapters.ts';
import type { Command, CommandContext } from '../command.ts';
import { UserError } from '../../errors.ts';
import { openTarget } from '../open-target.ts';

/** `render ENV`: what `deploy` would send, as files. Changes nothing on the cluster. */
export const run: Command = async ([name], context) => {
  const { io, options, reporter } = context;
  const seal = await sealOf((options['encrypt'] as string[] | undefined) ?? [], context);
  const { target, environment } = await openTarget(name, context);
  const out = (options['out'] as string | undefined) ?? `rendered-${environment.name}`;
  const rendering = await target.render({ reveal: seal !== undefined });
  const files = await sealed(rendering, { folder: resolve(io.cwd, out), seal });
  const removed = await write(files, rendering, { folder: resolve(io.cwd, out), context });
  await reporter.close();
  const [written, gone] = [files.map(({ path }) => path), removed].map((paths) =>
    paths.map((path) => join(out, path)),
  ) as [string[], string[]];
  const { notMade } = rendering;
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment: environment.name, files: written, removed: gone, notMade })}\n`
      : summary({ written, gone, notMade, isSealed: seal !== undefined }),
  );
  return 0;
};

const plainEnding = '.yaml';
/** Of every way that a file may have been written in an earlier time. */
const endings = [plainEnding, '.yaml.age', '.sops.yaml'];

/** How secrets are encrypted; undefined: placeholders stand for them. */
async function sealOf(ways: readonly string[], { io, adapters }: CommandContext): Promise<Seal | undefined> {
  if (ways.length === 0) return undefined;
  const recipients = ways.filter((way) => way.startsWith('age:')).map((way) => way.slice('age:'.length));
  const { ageSeal, sopsSeal } = await adapters.seals();
  if (recipients.length === ways.length) return ageSeal(recipients);
  if (ways.every((way) => way === 'sops')) return sopsSeal(io.env);
  throw new UserError({
    what: 'That is no way to encrypt, or more than one.',
    where: '--encrypt',
    fix: 'Write `--encrypt age:RECIPIENT`, once for each recipient, or `--encrypt sops`.',
    exitCode: 2,
  });
}

interface OutFile {
  /** In the folder. */
  readonly path: string;
  readonly text: string;
}

async function sealed(
  { files, secrets }: Rendering,
  { folder, seal }: { readonly folder: string; readonly seal: Seal | undefined },
): Promise<OutFile[]> {
  return Promise.all(
    files.map(async ({ path: name, text, holdsSecrets }) => {
      if (!holdsSecrets || seal === undefined) return { path: name + plainEnding, text };
      const path = name + seal.ending;
      return { path, text: await seal.seal({ path: join(folder, path), text, secrets }) };
    }),
  );
}

/** @returns what an earlier render had written and is no part of this one: it is gone, as nobody is to apply it. */
async function write(
  files: readonly OutFile[],
  rendering: Rendering,
  { folder, context }: { readonly folder: string; readonly context: CommandContext },
): Promise<string[]> {
  const [{ writeWhole, removeTree }, kindOf] = await Promise.all([
    context.adapters.files(),
    context.adapters.kindOf(),
  ]);
  const how = { mode: 0o644, elsewhere: 'name another folder with `--out FOLDER`' };
  await Promise.all(files.map(({ path, text }) => writeWhole(join(folder, path), text, how)));
  const written = new Set(files.map(({ path }) => path));
  const old = [...rendering.files.map(({ path }) => path), ...rendering.absent]
    .flatMap((path) => endings.map((ending) => path + ending))
    .filter((path) => !written.has(path));
  const found = await Promise.all(
    old.map(async (path) => ((await kindOf(join(folder, path))) === 'file' ? [path] : [])),
  );
  await Promise.all(found.flat().map((path) => removeTree(join(folder, path))));
  return found.flat();
}

interface Summary {
  readonly written: readonly string[];
  readonly gone: readonly string[];
  readonly notMade: readonly string[];
  readonly isSealed: boolean;
}

function summary({ written, gone, notMade, isSealed }: Summary): string {
  return [
    `Wrote ${written.join(', ')}.`,
    ...(gone.length === 0 ? [] : [`Removed ${gone.join(', ')}, of an earlier render.`]),
    isSealed
      ? 'Encrypted files differ each time, also where what is in them does not.'
      : 'A placeholder, ${hubwright:NAME}, stands for each secret.',
    ...(notMade.length === 0 ? [] : [`The first deploy makes ${notMade.join(' and ')}.`]),
    '',
  ].join('\n');
}
