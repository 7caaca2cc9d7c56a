import { join } from 'node:path';
import { UserError, messageOf } from '../../errors.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import { makeFolder, writeWhole } from '../files.ts';
import { execInPod } from '../kubernetes/exec.ts';
import { statePaths } from '../local/paths.ts';
import type { ClusterContext } from './context.ts';
import { readyPod } from './hub-pod.ts';
import { accountsName, secretRef, tokensName } from './kept.ts';

/** Its file, here and in the hub's working directory. */
export const databaseName = 'jupyterhub.sqlite';

/** SQLite's own copy of a database that is being written to, to standard output. */
const copyDatabase = `
import os, sqlite3, sys, tempfile
source = sqlite3.connect("file:${databaseName}?mode=ro", uri=True)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "copy")
    copy = sqlite3.connect(path)
    source.backup(copy)
    copy.close()
    sys.stdout.buffer.write(open(path, "rb").read())
`;

type Need = Pick<Extract<ClusterAction, { kind: 'saveHub' }>, 'orElse' | 'needed'>;

/**
 * Saves what is lost with the hub in a folder of this machine, for the user alone: its database, the accounts and tokens.
 * What is not there is left out.
 *
 * @returns the folder; undefined where the database is not in it.
 * @throws UserError when the database cannot be read.
 */
export async function saveHub(
  context: ClusterContext,
  report: (text: string) => void,
  { orElse, needed }: Need,
): Promise<string | undefined> {
  const { namespace, environment, env } = context;
  const api = await context.api();
  const { root } = statePaths(env, environment.deployment, environment.name);
  const folder = join(root, 'saved', new Date().toISOString().replaceAll(':', '-'));
  await makeFolder(folder);
  for (const name of [tokensName, accountsName]) {
    const secret = await api.get(secretRef(namespace, name));
    if (secret) await writeWhole(join(folder, `${name}.json`), `${JSON.stringify(secret, null, 1)}\n`);
  }
  const pod = await readyPod(context, 'hub');
  if (pod === undefined && needed) throw notSaved('the hub does not run', context, orElse);
  if (pod === undefined) {
    report(`saved in ${folder}; the hub does not run, so that its database was not read`);
    return undefined;
  }
  const command = ['python3', '-c', copyDatabase];
  const database = await execInPod(api, { namespace, pod, container: 'hub', command }).catch(
    (error: unknown) => {
      throw notSaved(messageOf(error), context, orElse, error);
    },
  );
  await writeWhole(join(folder, databaseName), database);
  report(`saved in ${folder}`);
  return folder;
}

function notSaved(
  why: string,
  { namespace, environment }: ClusterContext,
  orElse: string,
  cause?: unknown,
): UserError {
  return new UserError({
    what: `The hub's database could not be saved: ${why}`,
    where: `namespace ${namespace}`,
    fix: `See whether the hub runs (\`hubwright status ${environment.name}\`), or ${orElse}`,
    cause,
  });
}
