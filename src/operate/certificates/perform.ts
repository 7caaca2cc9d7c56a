import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { CertificateAction } from '../../plan/kubernetes/certificates/actions.ts';
import { isOfOther } from '../../plan/kubernetes/certificates/state.ts';
import type { AcmeWanted } from '../../plan/kubernetes/certificates/observed.ts';
import type { CertificateHost, KeptCopy, OpenCopy } from './host.ts';
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
  const [copy, { autohttps }] = await Promise.all([host.openCopy(want, identity), host.traefik(want)]);
  // What it has would be written over the copy.
  if (autohttps !== undefined) await host.stop(report);
  await copy.putBack();
  report(`put back from ${copy.where}`);
  if (autohttps !== undefined) await host.start(report);
}

/** What can fail for long, a copy that cannot be written or read, does so before autohttps stops. */
async function switchAuthority(
  want: AcmeWanted,
  { host, report }: Pick<Work, 'host' | 'report'>,
): Promise<void> {
  const hasOther = async (): Promise<boolean> => {
    const { certificate } = await host.traefik(want);
    return certificate !== undefined && isOfOther(certificate, want.authority);
  };
  const copy = (await hasOther()) ? await makeWay(want, { host, report }) : undefined;
  // Until then what it has may come back.
  await host.stop(report);
  if (!(await hasOther())) return;
  if (copy === undefined) await host.forget();
  else await copy.putBack();
  report(copy === undefined ? 'the old one is out of the way' : `put back from ${copy.where}`);
}

/** Keeps the other server's certificate. @returns the copy of this one's, where there is one that holds. */
async function makeWay(
  want: AcmeWanted,
  { host, report }: Pick<Work, 'host' | 'report'>,
): Promise<OpenCopy | undefined> {
  report(savedText(await host.save(want.domain)));
  const { kept } = await host.observe(want);
  const holds = kept !== undefined && kept.certificate.daysLeft >= 0;
  return holds ? host.openCopy(want) : undefined;
}
