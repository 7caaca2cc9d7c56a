import { type FileHandle, open } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { UserError } from '../errors.ts';
import { errorCode, explainRead } from './files.ts';
import { systemClock } from './clock.ts';

interface Tail {
  readonly lines: number;
  readonly follow: boolean;
  readonly write: (text: string) => void;
}

/** As much of the end of a file as is read at most: long lines do not fill the memory. */
const window = 4 * 1024 * 1024;

/**
 * Writes the last lines of a log; with `follow` goes on until the process is ended.
 *
 * @throws UserError when there is no such log.
 */
export async function tail(path: string, { lines, follow, write }: Tail): Promise<void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw explainRead(error, path);
    throw new UserError({
      what: 'There is no log yet.',
      where: path,
      fix: 'It is written from the first start on: `hubwright status` shows what runs.',
    });
  });
  try {
    const { size } = await file.stat();
    const end = await bytesBetween(file, Math.max(0, size - window), size);
    const shown = follow ? wholeLines(end) : end;
    const text = plain(shown).trimEnd();
    if (text !== '') write(`${text.split('\n').slice(-lines).join('\n')}\n`);
    if (follow) await goOn(file, size - end.length + shown.length, write);
  } finally {
    await file.close();
  }
}

async function goOn(file: FileHandle, from: number, write: (text: string) => void): Promise<never> {
  for (let position = from; ;) {
    await systemClock.sleep(250);
    const lines = wholeLines(await bytesBetween(file, position, (await file.stat()).size));
    if (lines.length > 0) write(plain(lines));
    position += lines.length;
  }
}

/** Without colours, which the proxy writes wherever it writes to, and without what a person could do to our terminal. */
function plain(bytes: Buffer): string {
  return stripVTControlCharacters(bytes.toString('utf8'));
}

/** The rest would be half a word, or half a letter. */
function wholeLines(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
}

async function bytesBetween(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const room = Buffer.alloc(Math.max(0, to - from));
  const { bytesRead } = await file.read(room, 0, room.length, from);
  return room.subarray(0, bytesRead);
}
