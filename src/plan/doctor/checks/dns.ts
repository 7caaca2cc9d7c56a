import type { Check } from '../check.ts';

/** What the world sees of the hub's name. */
export const dns: Check<'addresses'> = {
  id: 'dns',
  title: 'the name of the hub leads to it, by every resolver',
  page: 'addresses',
  needs: ['addresses'],
  applies: ({ target, address }) => target === 'kubernetes' && address.domain !== undefined,
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
          evidence: answers.map(
            ({ resolver, a, aaaa }) =>
              `${resolver}: A ${a.join(', ') || 'none'}; AAAA ${aaaa.join(', ') || 'none'}`,
          ),
          meaning:
            'Who asks that resolver, or one that has heard of it, does not get to the hub, and no certificate can be issued.',
          fix: [...new Set(wrong.map(({ fix }) => fix))].join(' '),
        },
      ];
    }),
};
