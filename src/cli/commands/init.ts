import { basename, resolve } from 'node:path';
import { starterFile } from '../../config/starter.ts';
import type { Command } from '../command.ts';
import { inAnotherFolder, newFile } from '../new-file.ts';
import { fileOption } from '../render/pasteable.ts';

/** `init`: a commented hub.yaml; never over a file that is there. */
export const run: Command = async (_words, { io, options, adapters }) => {
  const file = newFile(options);
  const path = resolve(io.cwd, file);
  const name = typeof options['name'] === 'string' ? options['name'] : nameOf(basename(io.cwd));
  const { writeNew } = await adapters.files();
  await writeNew([{ path, text: starterFile({ name }), mode: 0o644 }], inAnotherFolder);
  if (options.json) io.stdout.write(`${JSON.stringify({ type: 'result', file: path })}\n`);
  else io.stdout.write(`Wrote ${file}. Next: \`hubwright up${fileOption(file)}\` runs it on this machine.\n`);
  return 0;
};

/** The folder's name as a name of a deployment. */
function nameOf(folder: string): string {
  const label = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return label === '' ? 'my-hub' : label;
}
