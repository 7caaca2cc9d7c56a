import { expect, test } from 'vitest';
import type { CertificateHost } from '../../../src/operate/certificates/host.ts';
import { asRequest } from '../../../src/operate/certificates/request.ts';
import { production } from '../plan/kubernetes/certificates/kit.ts';

const want = { domain: 'hub.example.org', authority: production };

/** What is written down of a request whose work fails, where the cluster then shows that of autohttps. */
async function written(autohttps: object | undefined | 'not seen'): Promise<string[]> {
  const noted: string[] = [];
  const host = {
    noteRequest: async () => void noted.push('asked'),
    takeBack: async () => void noted.push('taken back'),
    traefik: async () => {
      if (autohttps === 'not seen') throw new Error('no way to the cluster');
      return { autohttps, certificate: undefined };
    },
    clock: { now: () => new Date(0) },
  } as unknown as CertificateHost;
  const work = async (): Promise<void> => {
    throw new Error('refused');
  };
  await expect(asRequest(want, host, work)).rejects.toThrow('refused');
  return noted;
}

test.each([
  ['autohttps is not there', undefined, ['asked', 'taken back']],
  ['the one that runs is older', { pod: { createdSecondsAgo: 60 } }, ['asked', 'taken back']],
  ['a new one was started', { pod: { createdSecondsAgo: 0 } }, ['asked']],
  ['one is about to start', { pod: undefined }, ['asked']],
  ['nobody can look', 'not seen' as const, ['asked']],
])('work that fails counts as a request unless nobody has asked: %s', async (_, autohttps, noted) => {
  expect(await written(autohttps)).toEqual(noted);
});
