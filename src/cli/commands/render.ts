import { join, resolve } from 'node:path';
import type { Command } from '../command.ts';
import { openTarget } from '../open-target.ts';

/** `render ENV`: what `deploy` would send, as files. Changes nothing on the cluster. */
export const run: Command = async ([name], context) => {
  const { io, options, adapters, reporter } = context;
  const { target, environment } = await openTarget(name, context);
  const out = (options['out'] as string | undefined) ?? `rendered-${environment.name}`;
  const folder = resolve(io.cwd, out);
  const [files, { writeWhole }] = await Promise.all([target.render(), adapters.files()]);
  await Promise.all([...files].map(([path, text]) => writeWhole(join(folder, path), text, 0o644)));
  await reporter.close();
  const paths = [...files.keys()].map((path) => join(out, path));
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment: environment.name, files: paths })}\n`
      : `Wrote ${paths.join(', ')}.\nA placeholder, \${hubwright:NAME}, stands for each secret.\n`,
  );
  return 0;
};
