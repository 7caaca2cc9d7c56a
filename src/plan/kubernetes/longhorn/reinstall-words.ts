import { fewNames } from '../../names.ts';
import type { Impact, Note } from '../../plan.ts';
import { hangingNotes } from './old-versions.ts';
import type { Progress, ReinstallLooked } from './progress.ts';
import { peopleOn } from './refusals.ts';

/** What a reinstall means for those who work. */
export function impactsOf(looked: ReinstallLooked): Impact[] {
  const people = peopleOn(looked.longhorn);
  const away = looked.longhorn.hub === undefined ? [] : [logInAway];
  if (people.length === 0) return away;
  const text = `The server${people.length === 1 ? '' : 's'} of ${fewNames(people)} stop${people.length === 1 ? 's' : ''}; saved files stay, what is not saved in notebooks is lost.`;
  return [{ kind: 'serverStops', people, text }, ...away];
}

const logInAway: Impact = {
  kind: 'loginAway',
  people: [],
  text: 'Nobody can log in until all volumes are back: as long as it takes to write them out and to read them in again.',
};

/** What is to be known of it beforehand. */
export function notesOf(looked: ReinstallLooked, { begun }: Progress): Note[] {
  const { environment, observed } = looked;
  const { name, longhorn } = environment;
  const page = typeof longhorn === 'object' && longhorn.ui.service === 'LoadBalancer';
  const others = observed.neighbours.map(({ environment: other }) => other);
  return [
    ...(begun
      ? [
          {
            severity: 'warning' as const,
            text: 'an earlier run was cut off: this goes on from what is there',
          },
        ]
      : [
          {
            severity: 'warning' as const,
            text: 'what does not come back: snapshots, and settings and disks that were changed in Longhorn’s own page; what helmValues say does',
          },
          ...hangingNotes(looked),
        ]),
    ...(page && !begun
      ? [
          {
            severity: 'info' as const,
            text: `where only the page's Service or load balancer is wrong, \`hubwright doctor ${name} --fix\` mends that and touches no volume`,
          },
        ]
      : []),
    ...(others.length === 0
      ? []
      : [
          {
            severity: 'info' as const,
            text: `Longhorn is the cluster's: ${fewNames(others)} cannot start servers meanwhile`,
          },
        ]),
  ];
}
