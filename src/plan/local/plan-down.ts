import type { Impact, Plan, Step } from '../plan.ts';
import type { LocalAction } from './actions.ts';
import type { LocalObserved } from './observed.ts';
import { stopStep } from './prometheus.ts';

/**
 * The steps that stop what `up` started. With `keepServers` people go on working: their servers and the proxy that
 * leads to them stay.
 */
export function planDown(
  environment: string,
  observed: Pick<LocalObserved, 'hub' | 'proxy' | 'prometheus' | 'servers'>,
  keepServers: boolean,
): Plan<LocalAction> {
  const steps: Step<LocalAction>[] = [];
  // A crashed one is stopped too: that forgets it.
  if (observed.hub.state !== 'stopped') {
    steps.push({
      id: 'hub',
      title: 'Stop the hub',
      reason: 'it is running',
      needs: [],
      action: { kind: 'stopHub' },
    });
  }
  if (!keepServers) steps.push(...stopStep(observed, 'it is running'), ...serversStep(observed));
  if (!keepServers && observed.proxy.state !== 'stopped') {
    steps.push({
      id: 'proxy',
      title: 'Stop the proxy',
      reason: 'it is running',
      needs: ['servers'],
      action: { kind: 'stopProxy' },
    });
  }
  return { environment, steps, impacts: downImpacts(observed, keepServers), notes: [] };
}

/** After the hub, which would go on starting some. Those that it starts until then are not observed yet. */
function serversStep({ hub, servers }: Pick<LocalObserved, 'hub' | 'servers'>): Step<LocalAction>[] {
  if (hub.state === 'stopped' && servers.length === 0) return [];
  const count = servers.length === 1 ? '1 server' : `${servers.length} servers`;
  return [
    {
      id: 'servers',
      title: servers.length === 0 ? 'Look for servers' : `Stop ${count}`,
      reason: servers.length === 0 ? 'the hub may have just started one' : 'they were started by this hub',
      needs: ['hub'],
      action: { kind: 'stopServers' },
    },
  ];
}

function downImpacts({ servers }: Pick<LocalObserved, 'servers'>, keepServers: boolean): Impact[] {
  if (servers.length === 0) return [];
  const people = servers.map(({ user }) => user);
  const names = people.join(', ');
  return keepServers
    ? [{ kind: 'untouched', people, text: `Servers keep running, nobody new can log in: ${names}.` }]
    : [{ kind: 'serverStops', people, text: `Servers stop, homes stay: ${names}.` }];
}
