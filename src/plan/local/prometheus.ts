import type { Environment } from '../../config/schema/environment.ts';
import { fingerprint } from '../../platform/fingerprint.ts';
import { prometheusFile } from '../../platform/local/prometheus.ts';
import type { LocalSystem } from '../../platform/local/settings.ts';
import type { Note, Step } from '../plan.ts';
import type { LocalAction } from './actions.ts';
import type { LocalObserved } from './observed.ts';
import { startReason } from './start-reason.ts';

/** The Debian package, and where else to have it from. */
export const installation = '`sudo apt-get install prometheus`, or put the program `prometheus` on PATH';

/** What to say where it is wanted and not there. */
export const notInstalled = `nothing is recorded: Prometheus is not installed on this machine (${installation})`;

/** It starts last and stops alone: nobody who works notices either. */
export function prometheusSteps(
  environment: string,
  { prometheus }: LocalSystem,
  observed: LocalObserved,
): Step<LocalAction>[] {
  if (prometheus === undefined) return stopStep(observed, 'the file asks for no monitoring');
  const { ports, monitoring } = observed;
  const { program } = monitoring;
  if (program === undefined) return [];
  const file = prometheusFile(prometheus, {
    environment,
    node: monitoring.node,
    port: monitoring.port,
    hubPort: ports.hub,
    proxyMetricsPort: ports.proxyMetrics,
  });
  const startedWith = fingerprint({ program, file });
  const reason = startReason(observed.prometheus, startedWith, 'its settings have changed');
  if (reason === undefined) return [];
  return [
    {
      id: 'prometheus',
      title: observed.prometheus.state === 'running' ? 'Restart Prometheus' : 'Start Prometheus',
      reason,
      needs: ['proxy', 'hub'],
      action: { kind: 'startPrometheus', program, file, startedWith },
    },
  ];
}

/** A crashed one is stopped too: that forgets it. */
export function stopStep(
  { prometheus }: Pick<LocalObserved, 'prometheus'>,
  reason: string,
): Step<LocalAction>[] {
  if (prometheus.state === 'stopped') return [];
  return [
    { id: 'prometheus', title: 'Stop Prometheus', reason, needs: [], action: { kind: 'stopPrometheus' } },
  ];
}

export function prometheusNotes({ monitoring }: Environment, observed: LocalObserved): Note[] {
  if (typeof monitoring !== 'object') {
    if (observed.prometheus.state === 'stopped') return [];
    const text = `what Prometheus has recorded stays: \`rm -r ${observed.monitoring.folder}\` deletes it`;
    return [{ severity: 'info', text }];
  }
  const notes: Note[] = [];
  if (observed.monitoring.program === undefined && observed.prometheus.state !== 'running')
    notes.push({ severity: 'warning', text: notInstalled });
  if (monitoring.existingPrometheus !== undefined || Object.keys(monitoring.receivers).length > 0) {
    const text =
      'alerts to receivers and a Prometheus of your own are for the cluster: here runs one beside the hub, and nobody is sent anything';
    notes.push({ severity: 'info', text });
  }
  return notes;
}
