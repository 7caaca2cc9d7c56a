import { type ReportedWay, unasked } from '../../kubernetes/addresses/report.ts';
import type { Check } from '../check.ts';

/** What the world sees of the hub's name. */
export const dns: Check<'addresses'> = {
  id: 'dns',
  title: 'the name of the hub leads to it, by every resolver',
  page: 'addresses',
  needs: ['addresses'],
  applies: ({ target, address }) => target === 'kubernetes' && address.domain !== undefined,
  unseen: ({ addresses }) => addresses.ways.flatMap(unasked).join(' ') || undefined,
  examine: ({ addresses }) =>
    addresses.ways.flatMap(({ domain, dns: answers, disagreements }) => {
      const wrong = disagreements.filter(({ at }) => at === 'dns');
      const [first] = wrong;
      if (first === undefined) return [];
      return [
        {
          subject: domain ?? '',
          harm: 'nobodyGetsIn' as const,
          what: first.what,
          evidence: answers.map((answer) => `${answer.resolver}: ${recordsText(answer)}`),
          meaning:
            'Who asks that resolver, or one that has heard of it, does not get to the hub, and no certificate can be issued.',
          fix: [...new Set(wrong.map(({ fix }) => fix))].join(' '),
        },
      ];
    }),
};

function recordsText({ a, aaaa, failures }: ReportedWay['dns'][number]): string {
  const text = (kind: string, found: readonly string[]): string =>
    failures.find((failure) => failure.startsWith(`${kind}:`)) ?? `${kind} ${found.join(', ') || 'none'}`;
  return `${text('A', a)}; ${text('AAAA', aaaa)}`;
}
