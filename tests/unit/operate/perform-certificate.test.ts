import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import type { CertificateHost } from '../../../src/operate/certificates/host.ts';
import { performCertificate } from '../../../src/operate/certificates/perform.ts';
import type { AcmeCertificate } from '../../../src/plan/kubernetes/certificates/observed.ts';
import { certificate, domain, production, staging } from '../plan/kubernetes/certificates/kit.ts';

const want = { domain, authority: production };
const isStaging = certificate({ authority: staging });

interface Given {
  readonly there: AcmeCertificate;
  /** None is kept. */
  readonly noCopy?: boolean;
  readonly cannotSave?: boolean;
  readonly cannotRead?: boolean;
}

/** What is done one after the other; the last: why it failed. */
async function does(kind: 'restoreCertificate' | 'switchAuthority', given: Given): Promise<string[]> {
  const done: string[] = [];
  const copy = { certificate: certificate(), where: 'the copy' };
  const failing = (what: string) => new UserError({ what, fix: 'Mend it.' });
  const host: Partial<CertificateHost> = {
    traefik: async () => ({
      autohttps: { replicas: 1, pod: undefined, log: [] },
      certificate: given.there,
    }),
    observe: async () => ({ kept: given.noCopy ? undefined : copy }) as never,
    stop: async () => void done.push('stop'),
    start: async () => void done.push('start'),
    forget: async () => void done.push('forget'),
    save: async () => {
      if (given.cannotSave) throw failing('disk full');
      done.push('save');
      return undefined;
    },
    openCopy: async () => {
      if (given.cannotRead) throw failing('no key');
      return { ...copy, putBack: async () => void done.push('put back') };
    },
  };
  const work = { host: host as CertificateHost, environment: 'training', report: () => undefined };
  const action = kind === 'switchAuthority' ? { kind, want, starts: true } : { kind, want };
  await performCertificate(action, work).catch((error: Error) => done.push(error.message));
  return done;
}

describe('a copy is put back', () => {
  test('while autohttps is stopped', async () => {
    expect(await does('restoreCertificate', { there: isStaging })).toEqual(['stop', 'put back', 'start']);
  });

  test('and nothing is stopped where it cannot be read', async () => {
    expect(await does('restoreCertificate', { there: isStaging, cannotRead: true })).toEqual(['no key']);
  });
});

describe('a change to another server', () => {
  test.each([
    ['puts the copy of its certificate back', {}, ['save', 'stop', 'put back', 'start']],
    ['has it ask for one where no copy is kept', { noCopy: true }, ['save', 'stop', 'forget', 'start']],
    ['stops nothing where the copy cannot be read', { cannotRead: true }, ['save', 'no key']],
    ['stops nothing where the old one cannot be kept', { cannotSave: true }, ['disk full']],
    ['needs no copy where it has been made', { there: certificate(), cannotRead: true }, ['stop', 'start']],
  ])('%s', async (_, given, done) => {
    expect(await does('switchAuthority', { there: isStaging, ...given })).toEqual(done);
  });
});
