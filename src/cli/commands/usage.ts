import { join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { period } from '../../operate/usage/moment.ts';
import { type Usage, type UsageKind, usage, usageKinds } from '../../operate/usage/usage.ts';
import type { Command, CommandContext, Options } from '../command.ts';
import { openToLook } from '../open-target.ts';
import { usagePicture } from '../render/usage-picture.ts';
import { renderUsage, usageCsv } from '../render/usage.ts';

/** `usage [ENV]`: what people used, as a table; with --out also as a file for spreadsheets and a picture. */
export const run: Command = async ([name], context) => {
  const { io, options, adapters } = context;
  const by = kindOf(options);
  const now = (await adapters.clock()).now();
  const asked = period({ from: textOf(options, 'from', '7d'), to: textOf(options, 'to', 'now') }, now);
  const { target, environment } = await openToLook(name, context);
  const { monitoring } = environment;
  const prices = typeof monitoring === 'object' ? monitoring.prices : undefined;
  const used = await usage(await target.prometheus(), { ...asked, by, prices });
  const files = await write(used, environment, context);
  if (options.json) {
    const result = { type: 'usage', environment: environment.name, ...used, files };
    io.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  }
  io.stdout.write(renderUsage(used, io));
  if (files.length > 0) io.stdout.write(`Wrote ${files.join(' and ')}.\n`);
  return 0;
};

function textOf(options: Options, option: string, otherwise: string): string {
  return (options[option] as string | undefined) ?? otherwise;
}

function kindOf(options: Options): UsageKind {
  const asked = textOf(options, 'by', 'user');
  const kind = usageKinds.find((one) => one === asked);
  if (kind !== undefined) return kind;
  throw new UserError({
    what: `\`--by ${asked}\`: usage is not counted by that.`,
    fix: `Write one of ${usageKinds.map((one) => `\`--by ${one}\``).join(', ')}.`,
    exitCode: 2,
  });
}

/** @returns the paths as they are to be shown. */
async function write(
  used: Usage,
  { deployment, name }: { readonly deployment: string; readonly name: string },
  { io, options, adapters }: CommandContext,
): Promise<string[]> {
  const { out } = options;
  if (typeof out !== 'string') return [];
  const { writeWhole } = await adapters.files();
  const how = { mode: 0o644, elsewhere: 'name another folder with `--out FOLDER`' };
  const texts = {
    'usage.csv': usageCsv(used),
    'usage.svg': usagePicture(used, { deployment, environment: name }),
  };
  for (const [file, text] of Object.entries(texts)) await writeWhole(resolve(io.cwd, out, file), text, how);
  return Object.keys(texts).map((file) => join(out, file));
}
