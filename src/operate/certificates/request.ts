import type { AcmeWanted } from '../../plan/kubernetes/certificates/observed.ts';
import type { CertificateHost } from './host.ts';

/** By how much clocks and rounding may be off. */
const slackSeconds = 5;

/**
 * Does work that has traefik ask for a certificate, and counts the request beforehand: one that is killed counts. Where the
 * work fails before autohttps is started, because Helm or the cluster refuses it say, nobody has asked.
 */
export async function asRequest(
  want: AcmeWanted,
  host: Pick<CertificateHost, 'noteRequest' | 'takeBack' | 'traefik' | 'clock'>,
  work: () => Promise<void>,
): Promise<void> {
  await host.noteRequest(want);
  const begun = host.clock.now().getTime();
  try {
    await work();
  } catch (error) {
    const seconds = (host.clock.now().getTime() - begun) / 1000;
    if (await nobodyAsked(want, host, seconds)) await host.takeBack(want);
    throw error;
  }
}

async function nobodyAsked(
  want: AcmeWanted,
  host: Pick<CertificateHost, 'traefik'>,
  seconds: number,
): Promise<boolean> {
  try {
    const { autohttps } = await host.traefik(want);
    if (autohttps === undefined) return true;
    return autohttps.pod !== undefined && autohttps.pod.createdSecondsAgo > seconds + slackSeconds;
  } catch {
    // Nobody can tell, so that it counts.
    return false;
  }
}
