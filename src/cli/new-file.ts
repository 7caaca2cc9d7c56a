import { UserError } from '../errors.ts';
import type { Options } from './command.ts';

/** What else can be done where a new config file cannot be written, or is there already. */
export const inAnotherFolder = 'name a file in another folder with `--file FOLDER/hub.yaml`';

/** The config file that a command writes, as people name it. @throws UserError when they name two. */
export function newFile({ file, out }: Options): string {
  if (file !== undefined && out !== undefined && file !== out) {
    throw new UserError({
      what: '`--file` and `--out` name two files, and one is written.',
      fix: 'Leave one of them out: they mean the same here.',
      exitCode: 2,
    });
  }
  return file ?? (out as string | undefined) ?? 'hub.yaml';
}
