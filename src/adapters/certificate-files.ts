import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SecretReference } from '../config/schema/secret.ts';
import type { OwnObserved } from '../plan/kubernetes/certificates/observed.ts';
import { ownCertificate } from './cluster/certificates/own.ts';

interface Files {
  /** As hub.yaml writes it. */
  readonly certificate: string;
  readonly key: SecretReference;
  /** Relative paths count from here. */
  readonly folder: string;
  readonly domain: string | undefined;
}

/**
 * A certificate of people's own as its files have it, without a cluster. Its key is looked at where it is in a file too that
 * can be read: who checks need not have it.
 */
export async function readCertificateFiles({
  certificate,
  key,
  folder,
  domain,
}: Files): Promise<OwnObserved> {
  const [pem, secret] = await Promise.all([
    textOf(resolve(folder, certificate)),
    'fromFile' in key ? textOf(resolve(folder, key.fromFile)) : undefined,
  ]);
  return {
    kind: 'own',
    now: new Date().toISOString(),
    domain,
    where: certificate,
    own: pem === undefined ? undefined : ownCertificate(pem, secret, domain),
  };
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
