import { describe, expect, test } from 'vitest';
import type { Values } from '../../../../src/config/values.ts';
import { impactsOf } from '../../../../src/plan/kubernetes/impact.ts';
import type { ObservedServer } from '../../../../src/plan/kubernetes/observed.ts';

function server(user: string, profile: ObservedServer['profile']): ObservedServer {
  return { user, profile, fingerprint: undefined, started: undefined, lastActivity: undefined, ready: true };
}

/** Values with these profiles, by display name; the first is the default. */
function values(memory: Readonly<Record<string, string>>, common: Values = {}): Values {
  const profileList = Object.entries(memory).map(([name, limit]) => ({
    display_name: name,
    kubespawner_override: { mem_limit: limit },
  }));
  return { singleuser: { ...common, profileList } };
}

function nextStart(servers: readonly ObservedServer[], before: Values, after: Values): string[] {
  return impactsOf({ servers, removed: [], restarts: [], values: { before, after } })
    .filter(({ kind }) => kind === 'nextStart')
    .map(({ text }) => text);
}

describe('from when a change holds', () => {
  const before = values({ Python: '1G', 'Big Data': '8G' });

  test('a server of which the hub says that no profile was chosen has the default one', () => {
    const changed = values({ Python: '2G', 'Big Data': '8G' });
    expect(nextStart([server('trainee-1', null)], before, changed)).toEqual([
      'trainee-1 keeps the running server as it is; the change of profile python holds from their next start.',
    ]);
    expect(
      nextStart([server('trainee-1', null)], before, values({ Python: '1G', 'Big Data': '9G' })),
    ).toEqual([]);
  });

  test('a profile without a slug has the one that KubeSpawner makes of its name', () => {
    const changed = values({ Python: '1G', 'Big Data': '9G' });
    expect(nextStart([server('trainee-1', 'big-data')], before, changed)).toEqual([
      'trainee-1 keeps the running server as it is; the change of profile big-data holds from their next start.',
    ]);
  });

  test('nothing is guessed of a server whose profile nobody knows', () => {
    const unknown = [server('trainee-1', undefined), server('trainee-2', undefined)];
    expect(nextStart(unknown, before, values({ Python: '1G', 'Big Data': '9G' }))).toEqual([
      'trainee-1, trainee-2 (profile unknown) keep their running server as it is; if their profile changes, it does so at their next start.',
    ]);
    expect(nextStart(unknown, before, before)).toEqual([]);
  });

  test('what changes for all servers changes for those too', () => {
    const changed = values({ Python: '1G', 'Big Data': '8G' }, { defaultUrl: '/lab' });
    expect(nextStart([server('trainee-1', undefined)], before, changed)).toEqual([
      'trainee-1 (profile unknown) keeps the running server as it is; the change of all servers holds from their next start.',
    ]);
  });

  test('who uses a profile that goes gets the default one the next time', () => {
    expect(nextStart([server('trainee-1', 'big-data')], before, values({ Python: '1G' }))).toEqual([
      'trainee-1 keeps the running server as it is; profile big-data is gone, and their next start uses python unless they choose another.',
    ]);
  });
});
