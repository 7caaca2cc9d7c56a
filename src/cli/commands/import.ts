import { dirname, join, resolve } from 'node:path';
import { importAnsible, isOfInterest, type Note as ImportNote } from '../../config/import-ansible/index.ts';
import { UserError } from '../../errors.ts';
import type { Command, CommandContext } from '../command.ts';
import { inAnotherFolder, newFile } from '../new-file.ts';
import { paint } from '../render/paint.ts';
import { fileOption } from '../render/pasteable.ts';

/** `import ansible DIR`: a hub.yaml from the repository, and what it could not carry over. */
export const run: Command = async ([kind, folder = ''], context) => {
  if (kind !== 'ansible') {
    throw new UserError({
      what: `Nothing is known of importing from ${kind}.`,
      fix: 'Write `hubwright import ansible FOLDER`.',
      exitCode: 2,
    });
  }
  const { io, options, adapters } = context;
  const out = newFile(options);
  const readFolder = await adapters.readFolder();
  const files = await readFolder(resolve(io.cwd, folder), isOfInterest);
  const name = typeof options['name'] === 'string' ? options['name'] : undefined;
  const result = importAnsible(files, name === undefined ? {} : { name });
  const { writeNew } = await adapters.files();
  const secrets = result.secrets.map(({ path, value }) => ({
    path: resolve(io.cwd, besideFile(out, path)),
    text: value,
    mode: 0o600,
  }));
  // The file comes last: what it refers to is there.
  const file = { path: resolve(io.cwd, out), text: result.yaml, mode: 0o644 };
  await writeNew([...secrets, file], inAnotherFolder);
  report(out, result, context);
  return 0;
};

/** Paths in a config file count from its folder. */
function besideFile(file: string, path: string): string {
  return join(dirname(file), path);
}

function report(
  out: string,
  { notes, secrets, environments }: ReturnType<typeof importAnsible>,
  { io, options }: CommandContext,
): void {
  if (options.json) {
    const written = secrets.map(({ path, environment }) => ({ path: besideFile(out, path), environment }));
    io.stdout.write(
      `${JSON.stringify({ type: 'result', file: out, environments, secrets: written, notes })}\n`,
    );
    return;
  }
  io.stdout.write(`Wrote ${out}: ${environments.join(', ')}.\n`);
  for (const { path } of secrets)
    io.stdout.write(
      `A secret stood in plain text: it is in ${besideFile(out, path)} now, readable by you alone. Keep that file out of git.\n`,
    );
  for (const note of notes) io.stdout.write(noteText(note, io));
  io.stdout.write(`\nNext: \`hubwright check${fileOption(out)}\` says what is left to fill in.\n`);
}

function noteText({ severity, environment, what, why, place }: ImportNote, io: CommandContext['io']): string {
  const colours = paint(io, 'stdout');
  const mark = { info: colours.dim('·'), warning: colours.yellow('!'), todo: colours.cyan('→') }[severity];
  const where = place ? colours.dim(` (${place.file}:${place.line})`) : '';
  return `${mark} ${environment === undefined ? '' : `${environment}: `}${what}${where}\n    ${why}\n`;
}
