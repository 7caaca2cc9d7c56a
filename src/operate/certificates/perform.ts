import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { CertificateAction } from '../../plan/kubernetes/certificates/actions.ts';
import { isOfOther } from '../../plan/kubernetes/certificates/state.ts';
import type { AcmeWanted } from '../../plan/kubernetes/certificates/observed.ts';
import type { KeptCopy, CertificateHost } from './host.ts';
import { awaitCertificate, awaitConditions } from './waits.ts';

/** What an action on certificates is done with. */
export interface Work {
  readonly host: CertificateHost;
  /** Name of the environment, for commands. */
  readonly environment: string;
  readonly report: (text: string) => void;
}

const kinds: ReadonlySet<string> = new Set([
  'awaitConditions',
  'restartAutohttps',
  'awaitCertificate',
  'saveCertificate',
  'restoreCertificate',
  'switchAuthority',
] satisfies CertificateAction['kind'][]);

export function isOfCertificates(action: ClusterAction): action is CertificateAction {
  return kinds.has(action.kind);
}

/** Does one action. Safe to repeat after being killed in the middle of it. */
export async function performCertificate(action: CertificateAction, work: Work): Promise<void> {
  const { host, report } = work;
  switch (action.kind) {
    case 'awaitConditions':
      return awaitConditions(action, work);
    case 'awaitCertificate':
      return awaitCertificate(action, work);
    case 'restartAutohttps':
      await host.stop(report);
      // Here, and no sooner: a run that is cut off before it has asked for nothing.
      await host.noteRequest(action.want);
      return host.start(report);
    case 'saveCertificate':
      return save(action.want, work);
    case 'restoreCertificate':
      return restore(action.want, action.identity, work);
    case 'switchAuthority':
      await switchAuthority(action.want, work);
      return action.starts ? host.start(report) : undefined;
    default:
      return action satisfies never;
  }
}

/** One that is newer than its copy has come of the last request: nobody may have seen it come. */
async function save({ domain, authority }: AcmeWanted, { host, report }: Work): Promise<void> {
  const saved = await host.save(domain);
  if (saved !== undefined) await host.noteSeen(domain, authority);
  report(savedText(saved));
}

function savedText(saved: KeptCopy | undefined): string {
  return saved === undefined ? 'nothing that is not kept already' : `kept in ${saved.where}`;
}

async function restore(want: AcmeWanted, identity: string | undefined, work: Work): Promise<void> {
  const { host, report } = work;
  const { autohttps } = await host.traefik(want);
  // What it has would be written over the copy.
  if (autohttps !== undefined) await host.stop(report);
  const { where } = await host.restore(want, identity);
  report(`put back from ${where}`);
  if (autohttps !== undefined) await host.start(report);
}

async function switchAuthority(want: AcmeWanted, { host, report }: Work): Promise<void> {
  // First: until then what it has may come back.
  await host.stop(report);
  const { certificate } = await host.traefik(want);
  if (certificate === undefined || !isOfOther(certificate, want.authority)) return;
  report(savedText(await host.save(want.domain)));
  const { kept } = await host.observe(want);
  if (kept !== undefined && kept.certificate.daysLeft >= 0) {
    const { where } = await host.restore(want);
    return report(`put back from ${where}`);
  }
  await host.forget();
  report('the old one is out of the way');
}
