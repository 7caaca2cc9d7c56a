import type { Environment } from '../../../config/schema/environment.ts';
import { type RecordedTarget, isAddress } from '../../kubernetes/recording.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** Everything else may run: a rule of a network or a token of before keeps Prometheus from the hub. */
export const hubUnrecorded: Check<'recording'> = {
  id: 'hub-unrecorded',
  title: 'Prometheus reads the hub, and knows nodes by their names',
  page: 'monitoring',
  needs: ['recording'],
  applies: ({ target, monitoring }) => target === 'kubernetes' && typeof monitoring === 'object',
  examine: ({ recording: { targets } }, environment) => [
    ...['hub', 'proxy'].flatMap((job) => unread(job, targets, environment)),
    ...unnamed(targets, environment),
  ],
};

function unread(job: string, targets: readonly RecordedTarget[], { name }: Environment): Finding[] {
  const own = targets.filter((target) => target.job === job);
  if (own.some(({ answers }) => answers)) return [];
  const isHub = job === 'hub';
  return [
    {
      subject: `target ${job}`,
      harm: 'leftOver',
      what: `Prometheus ${own.length === 0 ? 'does not know' : 'cannot read'} the ${job}.`,
      evidence: own.length === 0 ? [`no series up{job="${job}"}`] : own.map(targetLine),
      meaning: isHub
        ? 'People can work. Log-ins, starts and usage are not recorded meanwhile, and the alert that nobody can log in may go off.'
        : 'People can work. What goes through the proxy is not recorded meanwhile.',
      fix: `\`hubwright deploy ${name}\` puts back what tells Prometheus of it; if it was there, \`hubwright logs ${name} prometheus\` says why it cannot be read.`,
    },
  ];
}

function unnamed(targets: readonly RecordedTarget[], { name }: Environment): Finding[] {
  const nameless = targets.filter(({ instance }) => isAddress(instance));
  if (nameless.length === 0) return [];
  return [
    {
      subject: 'names of nodes',
      harm: 'leftOver',
      what: 'Series carry addresses where the names of nodes should be.',
      evidence: nameless.map(targetLine),
      meaning: 'Panels and alerts by node do not find them, or show numbers that nobody knows.',
      fix: `\`hubwright deploy ${name}\` sets the stack's scrape class; a Prometheus of your own needs \`instance\` set by itself (docs/monitoring.md says how).`,
    },
  ];
}

function targetLine({ job, instance, answers }: RecordedTarget): string {
  return `up{job="${job}", instance="${instance}"} ${answers ? 1 : 0}`;
}
