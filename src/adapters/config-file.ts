import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError, messageOf } from '../errors.ts';
import { errorCode } from './files.ts';

/** No hub needs a larger one. */
const largest = 5 * 1024 * 1024;

/**
 * Text of a config file.
 *
 * @throws UserError when it is missing, a folder, a named pipe, unreadable, too large or not UTF-8.
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

/** By its bytes and not by the size that is told of it: a device may have none and never end. */
async function read(path: string): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    if (await isNamedPipe(path)) throw namedPipe(path);
    for await (const part of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
      if (size > largest) throw tooLarge(path);
    }
  } catch (error) {
    throw explain(error, path);
  }
  return Buffer.concat(parts);
}

/**
 * Without somebody who writes into it, opening one never ends, and holds up the end of the process. A shell's `<(…)` is
 * a pipe too, one without a name: it is at /dev/fd.
 */
async function isNamedPipe(path: string): Promise<boolean> {
  return (await stat(path)).isFIFO() && !/^\/(dev|proc)\//.test(resolve(path));
}

function namedPipe(path: string): UserError {
  return refused(
    path,
    'This is a named pipe, not a file.',
    'Name a file; what a command prints can be given as `--file <(COMMAND)`.',
  );
}

function tooLarge(path: string): UserError {
  return refused(
    path,
    'The file has more than 5 MB, the most that is read.',
    'Is it the right file? A hub.yaml has a few kilobytes.',
  );
}

function explain(error: unknown, path: string): unknown {
  const code = errorCode(error);
  switch (code) {
    case undefined:
      return error;
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
      return refused(
        path,
        `The file cannot be read (${code}).`,
        'Is it the right file? Name another with `--file PATH`.',
        messageOf(error),
      );
  }
}

function refused(path: string, what: string, fix: string, details?: string): UserError {
  return new UserError({ what, where: path, fix, details, exitCode: 2 });
}
