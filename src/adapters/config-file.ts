import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { errorCode } from './files.ts';

/** Larger files are refused before they are read: no hub needs one. */
const largest = 5 * 1024 * 1024;

/**
 * Text of a config file.
 *
 * @throws UserError when it is missing, a folder, unreadable, too large or not UTF-8.
 */
export async function readConfigFile(path: string): Promise<string> {
  const bytes = await read(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused(
      path,
      'The file is not UTF-8 text.',
      `Save it as UTF-8: \`iconv -f latin1 -t utf-8 ${path}\` converts from Latin-1.`,
    );
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > largest) {
      const megabytes = Math.ceil(size / 1024 / 1024);
      throw refused(
        path,
        `The file has ${megabytes} MB; the largest that is read is 5 MB.`,
        'Is it the right file? A hub.yaml has a few kilobytes.',
      );
    }
    return await readFile(path);
  } catch (error) {
    throw explain(error, path);
  }
}

function explain(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case 'ENOENT':
      return refused(
        path,
        'There is no such file.',
        'Name another with `--file PATH`, or make one with `hubwright init`.',
      );
    case 'EISDIR':
      return refused(
        path,
        'This is a folder, not a file.',
        `Name the file in it: \`--file ${path.replace(/\/$/, '')}/hub.yaml\`.`,
      );
    case 'EACCES':
      return refused(path, 'You may not read this file.', `Give yourself the right: \`chmod u+r ${path}\`.`);
    default:
      return error;
  }
}

function refused(path: string, what: string, fix: string): UserError {
  return new UserError({ what, where: path, fix, exitCode: 2 });
}
