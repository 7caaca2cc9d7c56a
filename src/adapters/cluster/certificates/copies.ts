import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../../../errors.ts';
import type { AcmeCertificate } from '../../../plan/kubernetes/certificates/observed.ts';
import { makeFolder, readIfThere, writeWhole } from '../../files.ts';
import { readSecret } from '../../secrets.ts';
import type { ClusterContext } from '../context.ts';
import { decoded, keptSecret, secretData, secretRef } from '../kept.ts';
import { acmeCertificate, acmeKey, acmePem, acmeSecret } from './acme-store.ts';
import { keepingLabels, keepingNamespace, makeKeepingNamespace, namePart } from './keeping.ts';
import { factsOf } from './x509.ts';

/** A copy of `acme.json` that is kept outside of the environment's namespace, one for each ACME server. */
interface Copy {
  readonly certificate: AcmeCertificate;
  /** In words. */
  readonly where: string;
  /** Its contents: a secret. @throws UserError where they cannot be read here. */
  readonly read: () => Promise<string>;
}

/** The places where copies are kept, as the file says. */
interface Copies {
  list(): Promise<Copy[]>;
  write(text: string, certificate: AcmeCertificate): Promise<string>;
}

/** @param identityFile A key of age's that was named on the command line. */
export function copiesOf(context: ClusterContext, domain: string, identityFile?: string): Copies {
  const { https } = context.environment;
  const keep = (typeof https === 'object' ? https.letsEncrypt?.keep : undefined) ?? 'cluster';
  return keep === 'cluster'
    ? inCluster(context, domain)
    : inFiles(context, domain, {
        ...keep,
        ...(identityFile === undefined ? {} : { identity: { fromFile: resolve(identityFile) } }),
      });
}

const ownerLabel = 'hubwright/certificate-of';

function inCluster(context: ClusterContext, domain: string): Copies {
  const { namespace } = context;
  return {
    list: async () => {
      const api = await context.api();
      const found = await api.list<Secret>({
        apiVersion: 'v1',
        kind: 'Secret',
        namespace: keepingNamespace,
        labelSelector: `${ownerLabel}=${namespace}`,
      });
      return found.flatMap(({ metadata: { name }, data }): Copy[] => {
        const text = decoded(data)[acmeKey] ?? '';
        const certificate = acmeCertificate(text, domain);
        const where = `Secret ${keepingNamespace}/${name}`;
        return certificate === undefined ? [] : [{ certificate, where, read: async () => text }];
      });
    },
    write: async (text, { authority }) => {
      const api = await context.api();
      await makeKeepingNamespace(api);
      const name = `acme-${namespace}-${namePart(authority ?? 'unknown')}`;
      const labels = { ...keepingLabels, [ownerLabel]: namespace };
      await api.apply(keptSecret(keepingNamespace, name, labels, { [acmeKey]: text }), { force: true });
      return `Secret ${keepingNamespace}/${name}`;
    },
  };
}

interface Secret {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

interface Keep {
  readonly recipients: readonly string[];
  readonly identity?: Parameters<typeof readSecret>[0] | undefined;
  readonly folder: string;
}

/**
 * `NAME.acme.json.age`, and beside it the certificate itself in `NAME.pem`, which is nothing secret: by it one sees
 * without a key whether the copy is worth something.
 */
function inFiles(context: ClusterContext, domain: string, keep: Keep): Copies {
  const { environment, configFolder } = context;
  const folder = resolve(configFolder, keep.folder);
  const beginning = `${environment.name}.${namePart(domain)}@`;
  return {
    list: async () => {
      const files = await readdir(folder).catch(() => []);
      const pems = files.filter((file) => file.startsWith(beginning) && file.endsWith('.pem'));
      const copies = pems.map(async (file): Promise<Copy[]> => {
        const facts = factsOf(await readFile(join(folder, file), 'utf8'));
        const sealed = join(folder, file.replace(/\.pem$/, '.acme.json.age'));
        const authority = file.slice(beginning.length, -'.pem'.length).replace('_', ':');
        return facts === undefined
          ? []
          : [
              {
                certificate: { ...facts, authority },
                where: sealed,
                read: () => opened(sealed, keep, context),
              },
            ];
      });
      return (await Promise.all(copies)).flat();
    },
    write: async (text, { authority }) => {
      await makeFolder(folder);
      const path = join(folder, `${beginning}${(authority ?? 'unknown').replace(':', '_')}`);
      const sealed = `${path}.acme.json.age`;
      // Loading it costs each command that keeps no such copy.
      const { encryptAge } = await import('../../age.ts');
      await writeWhole(sealed, await encryptAge(text, keep.recipients));
      // Last: it says that the copy is there.
      await writeWhole(`${path}.pem`, acmePem(text, domain) ?? '');
      return sealed;
    },
  };
}

async function opened(path: string, { identity }: Keep, context: ClusterContext): Promise<string> {
  const { environment, configFolder, env } = context;
  if (identity === undefined) {
    throw new UserError({
      what: 'The copy of the certificate is encrypted, and the file names no key to read it with.',
      where: path,
      fix: `\`hubwright certificates ${environment.name} restore --identity KEY-FILE\` puts it back; \`https.letsEncrypt.keep.identity\` in the file lets a deploy do it.`,
    });
  }
  const sealed = await readIfThere(path);
  if (sealed === undefined) {
    const certificate = path.replace(/\.acme\.json\.age$/, '.pem');
    throw new UserError({
      what: 'The copy of the certificate is not there, only what it is a copy of, without the key.',
      where: path,
      fix: `Put the file back from a backup of the folder; where there is none, \`rm ${certificate}\`, and nothing counts on the copy any more.`,
    });
  }
  const keys = (await readSecret(identity, configFolder, env)).split('\n');
  const usable = keys.map((line) => line.trim()).filter((line) => line.startsWith('AGE-SECRET-KEY-'));
  const { decryptAge } = await import('../../age.ts');
  return decryptAge(sealed, usable);
}

/** Those that are kept for the environment's name; none where its certificate is not Let's Encrypt's. */
export async function observeCopies(context: ClusterContext): Promise<AcmeCertificate[]> {
  const { https, address } = context.environment;
  if (typeof https !== 'object' || !https.letsEncrypt || address.domain === undefined) return [];
  const copies = await copiesOf(context, address.domain).list();
  return copies.map(({ certificate }) => certificate);
}

/** What traefik has, by secret-sync; undefined: there is nothing yet. */
export async function storedAcme({ api, namespace }: ClusterContext): Promise<string | undefined> {
  return (await secretData(await api(), secretRef(namespace, acmeSecret)))?.[acmeKey];
}
