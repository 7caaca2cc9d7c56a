import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError, messageOf } from '../../errors.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { SavedDatabase } from '../../plan/kubernetes/plan-restore.ts';
import { errorCode, explainRead } from '../files.ts';
import { execInPod } from '../kubernetes/exec.ts';
import { waitReady } from '../kubernetes/wait.ts';
import type { ClusterContext } from './context.ts';
import { hubDeployment, podsEnded, scale } from './hub-scale.ts';
import { refOf } from './namespaced.ts';
import { restoreName, restorePod } from './restore-pod.ts';
import { databaseName } from './save.ts';

interface How {
  readonly context: ClusterContext;
  readonly report: (text: string) => void;
  /** Seconds until something has to be ready, or gone. */
  readonly readySeconds: number;
  readonly goneSeconds: number;
}

type Restore = Extract<ClusterAction, { kind: 'restoreDatabase' }>;

const firstBytes = 'SQLite format 3\0';

/**
 * Puts a database that was read from standard input in place of the one that is in the working directory, whole or not
 * at all. That one is kept beside it; its journals go first, so that a run that was killed between does not part them.
 */
const putDatabase = `
import hashlib, os, shutil, sqlite3, sys
name, size, digest = sys.argv[1], int(sys.argv[2]), sys.argv[3]
draft, seen, left = name + ".restored", hashlib.sha256(), size
with open(draft, "wb") as file:
    while left:
        part = sys.stdin.buffer.read(min(left, 65536))
        if not part:
            sys.exit("the connection was lost")
        file.write(part)
        seen.update(part)
        left -= len(part)
    file.flush()
    os.fsync(file.fileno())
if seen.hexdigest() != digest:
    sys.exit("what arrived is not what was sent")
check = sqlite3.connect(draft)
if check.execute("PRAGMA quick_check").fetchone()[0] != "ok":
    sys.exit("the saved database is damaged")
check.close()
there = [end for end in ("-wal", "-shm", "-journal", "") if os.path.exists(name + end)]
if "" in there:
    shutil.copymode(name, draft)
if there != [""] or hashlib.sha256(open(name, "rb").read()).hexdigest() != digest:
    number = 1
    while os.path.exists(f"{name}.before-restore-{number}"):
        number += 1
    kept = f"{name}.before-restore-{number}"
    for end in there:
        os.rename(name + end, kept + end)
    print(kept if there else "")
os.replace(draft, name)
folder = os.open(".", os.O_RDONLY)
os.fsync(folder)
`;

/** The database in a folder of `saveHub`. @throws UserError when there is none. */
export async function savedDatabase(folder: string): Promise<SavedDatabase> {
  const file = join(resolve(folder), databaseName);
  const bytes = await readSaved(file);
  if (bytes.subarray(0, firstBytes.length).toString('latin1') !== firstBytes) {
    throw new UserError({
      what: 'That is no database of a hub.',
      where: file,
      fix: 'Name a folder that `destroy`, `rollback` or `deploy --rollback-on-failure` has saved.',
      exitCode: 2,
    });
  }
  return { file, savedAt: (await stat(file)).mtime.toISOString() };
}

async function readSaved(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw explainRead(error, file);
    throw new UserError({
      what: `There is no ${databaseName} in that folder.`,
      where: file,
      fix: 'Name a folder that `destroy`, `rollback` or `deploy --rollback-on-failure` has saved: they print it.',
      exitCode: 2,
    });
  }
}

/**
 * Stops the hub and puts a saved database in place of its own. The hub stays down, for it must not upgrade that one before
 * it is the hub of that time; where this fails it runs again as before. Safe to do again after being killed.
 */
export async function restoreDatabase({ file }: Restore, how: How): Promise<void> {
  const { context, report } = how;
  const [database, hub] = await Promise.all([readSaved(file), hubDeployment(context)]);
  const pod = hub && restorePod(hub, context);
  if (hub === undefined || pod === undefined) throw noVolume(context);
  const api = await context.api();
  const ref = refOf(pod);
  // One that a killed run has left would have the volume, and have died with it in the middle of its work.
  await api.delete(ref, { waitSeconds: how.goneSeconds });
  try {
    await scale(api, refOf(hub), 0);
    // Two cannot have the volume, and one that still runs writes into the database.
    await podsEnded(context, 'hub', { title: 'The hub', timeoutSeconds: how.goneSeconds, report });
    await api.create(pod);
    await waitReady(api, [ref], { timeoutSeconds: how.readySeconds, report });
    report(`${database.length} bytes are put in its place`);
    const kept = await put(database, how);
    await api.delete(ref, { waitSeconds: how.goneSeconds });
    report(
      kept === '' ? 'it is in its place' : `it is in its place; the other one is kept beside it as ${kept}`,
    );
  } catch (error) {
    throw await undone(
      error,
      async () => {
        await api.delete(ref, { waitSeconds: how.goneSeconds });
        await startHub(how);
      },
      context,
    );
  }
}

/** Lets the hub run again, and waits until it does. */
export async function startHub({ context, report, readySeconds }: How): Promise<void> {
  const hub = await hubDeployment(context);
  if (hub === undefined) throw noVolume(context);
  const api = await context.api();
  await scale(api, refOf(hub), 1);
  await waitReady(api, [refOf(hub)], { timeoutSeconds: readySeconds, report });
}

/** @returns under which name the one that was there is kept; nothing where it was this very one. */
async function put(database: Buffer, { context }: How): Promise<string> {
  const digest = createHash('sha256').update(database).digest('hex');
  const words = [databaseName, String(database.length), digest];
  const said = await execInPod(await context.api(), {
    namespace: context.namespace,
    pod: restoreName,
    container: 'restore',
    command: ['python3', '-c', putDatabase, ...words],
    input: database,
  });
  return said.toString('utf8').trim();
}

async function undone(
  error: unknown,
  goBack: () => Promise<void>,
  { namespace, environment }: ClusterContext,
): Promise<UserError> {
  let failure: string | undefined;
  try {
    await goBack();
  } catch (second) {
    failure = messageOf(second);
  }
  const after =
    failure === undefined ? 'The hub runs again as before.' : `The hub does not run again: ${failure}`;
  return new UserError({
    what: `The hub's database could not be put back: ${messageOf(error)} ${after}`,
    where: `namespace ${namespace}`,
    fix:
      failure === undefined
        ? 'Mend that, then run the command again.'
        : `Mend that, then run the command again; \`hubwright deploy ${environment.name}\` alone lets the hub run.`,
    details: error instanceof UserError ? error.details : undefined,
    cause: error,
  });
}

function noVolume({ namespace, environment }: ClusterContext): UserError {
  return new UserError({
    what: 'There is no hub with a volume for its database: either it is not installed, or it keeps its database somewhere else.',
    where: `namespace ${namespace}`,
    fix: `See what runs: \`hubwright status ${environment.name}\`. A database server of your own is restored with its own tools.`,
  });
}
