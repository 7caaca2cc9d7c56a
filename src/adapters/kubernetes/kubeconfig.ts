import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError, messageOf } from '../../errors.ts';
import { readIfThere } from '../files.ts';

/** Which kubeconfig, and what of it. */
export interface KubeconfigChoice {
  /** The context that the environment names; no other is used. */
  readonly context: string;
  /** The environment's own file, as an absolute path. */
  readonly kubeconfig?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** A cluster and a user of it, as a context of a kubeconfig pairs them. */
export interface ClusterAccess {
  readonly context: string;
  readonly cluster: Cluster;
  readonly user: User;
  /** The files that were read, for messages. */
  readonly files: readonly string[];
}

const optionalText = z.string().nullish();

const cluster = z.looseObject({
  server: z.string().min(1),
  'certificate-authority': optionalText,
  'certificate-authority-data': optionalText,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': optionalText,
  'proxy-url': optionalText,
});

const exec = z.looseObject({
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: optionalText,
  provideClusterInfo: z.boolean().nullish(),
});

const user = z.looseObject({
  'client-certificate': optionalText,
  'client-certificate-data': optionalText,
  'client-key': optionalText,
  'client-key-data': optionalText,
  token: optionalText,
  tokenFile: optionalText,
  username: optionalText,
  password: optionalText,
  as: optionalText,
  'as-uid': optionalText,
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
  exec: exec.nullish(),
  'auth-provider': z.looseObject({ name: z.string() }).nullish(),
});

export type Cluster = z.infer<typeof cluster>;
export type User = z.infer<typeof user>;
export type ExecPlugin = z.infer<typeof exec>;

const context = z.looseObject({ cluster: z.string().min(1), user: optionalText });

const file = z.looseObject({
  clusters: z.array(z.looseObject({ name: z.string(), cluster: cluster.nullish() })).nullish(),
  users: z.array(z.looseObject({ name: z.string(), user: user.nullish() })).nullish(),
  contexts: z.array(z.looseObject({ name: z.string(), context: context.nullish() })).nullish(),
});

interface Merged {
  readonly clusters: Map<string, Cluster>;
  readonly users: Map<string, User>;
  readonly contexts: Map<string, z.infer<typeof context>>;
}

/**
 * Reads the kubeconfig as kubectl does: the environment's own file, or every file of $KUBECONFIG (what stands first
 * wins, files that are missing are passed over), or ~/.kube/config; relative paths count from the file they stand in.
 *
 * By ourselves, because the library refuses two files that share a name or of which one is missing, does not know
 * `tokenFile` and prefers a certificate's file to its data.
 *
 * @throws UserError when there is no such context, or a file is missing or wrong.
 */
export async function loadKubeconfig(choice: KubeconfigChoice): Promise<ClusterAccess> {
  const paths = kubeconfigPaths(choice);
  const merged: Merged = { clusters: new Map(), users: new Map(), contexts: new Map() };
  const read: string[] = [];
  for (const path of paths) {
    const text = await readIfThere(path);
    if (text === undefined) continue;
    mergeFile(merged, text, path);
    read.push(path);
  }
  if (read.length === 0) throw noFile(choice, paths);
  return pick(merged, choice.context, read);
}

function kubeconfigPaths({ kubeconfig, env }: KubeconfigChoice): string[] {
  if (kubeconfig !== undefined) return [resolve(kubeconfig)];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return [...new Set(listed.map((path) => resolve(path)))];
  return [join(env['HOME'] ?? homedir(), '.kube', 'config')];
}

function mergeFile(merged: Merged, text: string, path: string): void {
  const parsed = parseFile(text, path);
  const folder = dirname(path);
  for (const entry of parsed.clusters ?? [])
    if (entry.cluster) addFirst(merged.clusters, entry.name, clusterFrom(entry.cluster, folder));
  for (const entry of parsed.users ?? [])
    addFirst(merged.users, entry.name, userFrom(entry.user ?? {}, folder));
  for (const entry of parsed.contexts ?? [])
    if (entry.context) addFirst(merged.contexts, entry.name, entry.context);
}

function parseFile(text: string, path: string): z.infer<typeof file> {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw invalid(path, messageOf(error), error);
  }
  const result = file.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    path,
    result.error.issues
      .map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`)
      .join('\n'),
    result.error,
  );
}

function addFirst<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}

function clusterFrom(given: Cluster, folder: string): Cluster {
  return {
    ...given,
    server: given.server.replace(/\/+$/, ''),
    'certificate-authority': from(folder, given['certificate-authority']),
  };
}

function userFrom(given: User, folder: string): User {
  return {
    ...given,
    'client-certificate': from(folder, given['client-certificate']),
    'client-key': from(folder, given['client-key']),
    tokenFile: from(folder, given.tokenFile),
    exec: given.exec && { ...given.exec, command: commandFrom(folder, given.exec.command) },
  };
}

function from(folder: string, path: string | null | undefined): string | undefined {
  return path ? resolve(folder, path) : undefined;
}

/** A bare name is looked for on PATH; anything with a folder counts from the file. */
function commandFrom(folder: string, command: string): string {
  return isAbsolute(command) || !command.includes('/') ? command : resolve(folder, command);
}

function pick(merged: Merged, name: string, files: readonly string[]): ClusterAccess {
  const chosen = merged.contexts.get(name);
  if (!chosen) throw noContext(name, [...merged.contexts.keys()], files);
  const found = merged.clusters.get(chosen.cluster);
  if (!found) throw noEntry(name, `cluster \`${chosen.cluster}\``, files);
  const foundUser = chosen.user ? merged.users.get(chosen.user) : {};
  if (!foundUser) throw noEntry(name, `user \`${String(chosen.user)}\``, files);
  return { context: name, cluster: found, user: foundUser, files };
}

function noFile({ kubeconfig, env }: KubeconfigChoice, paths: readonly string[]): UserError {
  if (kubeconfig !== undefined)
    return new UserError({
      what: 'There is no such kubeconfig file.',
      where: paths[0],
      fix: 'Write it there, or mend `kubernetes.kubeconfig` in hub.yaml. Where clusterctl made the cluster: `clusterctl get kubeconfig NAME > FILE`.',
      exitCode: 2,
    });
  return new UserError({
    what: 'There is no kubeconfig.',
    where: env['KUBECONFIG'] ? `KUBECONFIG: ${paths.join(', ')}` : paths[0],
    fix: 'Name yours with `export KUBECONFIG=/path/to/kubeconfig`, or as `kubernetes.kubeconfig` in hub.yaml.',
    exitCode: 2,
  });
}

function noContext(name: string, known: readonly string[], files: readonly string[]): UserError {
  return new UserError({
    what: `The kubeconfig has no context \`${name}\`.`,
    where: files.join(', '),
    fix: known.length
      ? `Name one of these as \`kubernetes.context\` in hub.yaml: ${known.map((each) => `\`${each}\``).join(', ')}. Or add the file that has it to KUBECONFIG.`
      : 'It has no context at all: name the file that has it with `export KUBECONFIG=/path/to/kubeconfig`.',
    exitCode: 2,
  });
}

function noEntry(name: string, what: string, files: readonly string[]): UserError {
  return new UserError({
    what: `Context \`${name}\` names the ${what}, which the kubeconfig does not have.`,
    where: files.join(', '),
    fix: 'Add the file that has it to KUBECONFIG, or get a new kubeconfig for this cluster.',
    exitCode: 2,
  });
}

function invalid(path: string, details: string, cause: unknown): UserError {
  return new UserError({
    what: 'This is no kubeconfig.',
    where: path,
    fix: `See what kubectl says of it: \`kubectl --kubeconfig ${path} config view\`.`,
    details,
    cause,
    exitCode: 2,
  });
}
