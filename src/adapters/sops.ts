import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { UserError } from '../errors.ts';
import { must, run } from './processes.ts';

interface Plain {
  /** YAML. */
  readonly text: string;
  /** Where it will stand: by that path the rules of `.sops.yaml` say for whom. */
  readonly path: string;
  /** What must not be readable in it afterwards, beside the contents of Secrets. */
  readonly secrets: readonly string[];
}

/**
 * The YAML as `sops` encrypts it, by the rules of the nearest `.sops.yaml` in the path's folder or above it.
 *
 * @throws UserError when sops cannot, or when its rules leave something secret readable.
 */
export async function encryptSops({ text, path, secrets }: Plain, env: NodeJS.ProcessEnv): Promise<string> {
  const result = await run('sops', ['encrypt', '--filename-override', path], {
    // sops looks for its rules from where it runs.
    cwd: nearestFolder(dirname(path)),
    env,
    input: text,
  });
  const fix = `Install sops 3.10 or newer (https://getsops.io), and write a rule for that path into .sops.yaml: \`path_regex: \\.sops\\.yaml$\`.`;
  const { stdout } = must(result, 'sops cannot encrypt what is rendered.', fix);
  refuseReadable(stdout, { text, path, secrets });
  return `${stdout}\n`;
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}

/** Rules for Secrets often have sops encrypt `data` alone, which leaves a chart's values as they are. */
function refuseReadable(sealed: string, { text, path, secrets }: Plain): void {
  const readable = new Set(leaves(documentsOf(sealed)));
  const isReadable = documentsOf(text)
    .flatMap((document) => secretLeaves(document, secrets))
    .some((leaf) => readable.has(leaf));
  if (!isReadable) return;
  throw new UserError({
    what: 'By its rules sops leaves secrets readable there. Nothing was written.',
    where: path,
    fix: 'Above the other rules of .sops.yaml write one for this path that has no `encrypted_regex` and the like: then all of it is encrypted.',
  });
}

/** Texts of a document that are secret: all that a Secret holds, elsewhere those that have a known secret in them. */
function secretLeaves(document: unknown, secrets: readonly string[]): string[] {
  if (isSecretObject(document)) return leaves([document.data, document.stringData]);
  return leaves(document).filter((leaf) => secrets.some((secret) => leaf.includes(secret)));
}

function isSecretObject(
  document: unknown,
): document is { readonly data?: unknown; readonly stringData?: unknown } {
  return (
    typeof document === 'object' && document !== null && 'kind' in document && document.kind === 'Secret'
  );
}

function documentsOf(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => document.toJS() as unknown);
}

/** Every text in a tree that is not empty. */
function leaves(tree: unknown): string[] {
  if (typeof tree === 'string') return tree === '' ? [] : [tree];
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.values(tree).flatMap(leaves);
}
