import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { type ClusterClient, until } from '../support/cluster.ts';
import { type FlakyProxy, startFlakyProxy } from '../support/flaky-proxy.ts';
import { type Running, type Sandbox, events } from '../support/hubwright.ts';
import { helmAtWork, settles, slowHook } from './faults.ts';
import { type ClusterEnv, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

interface Given {
  readonly cluster: ClusterClient;
  readonly namespace: string;
  readonly helm: string;
  /** How long Helm works. */
  readonly hook?: string;
}

/** A course on a cluster that knows those tokens alone. @param work gets what writes a kubeconfig with a user. */
async function inCourseKnowing(
  { cluster, namespace, helm, hook = '2s' }: Given,
  knows: (token: string) => boolean,
  work: (box: Sandbox, env: ClusterEnv, come: (user: object) => Promise<void>) => Promise<void>,
): Promise<void> {
  const proxy: FlakyProxy = await startFlakyProxy({
    kubeconfig: cluster.kubeconfig,
    seed: 1,
    rate: 0,
    knows,
  });
  const more = slowHook.replace('2s', hook);
  try {
    await inCourse({ namespace, kubeconfig: proxy.kubeconfig, helm, more }, async (box, env) => {
      const KUBECONFIG = join(box.folder, 'kubeconfig');
      const come = async (user: object): Promise<void> => {
        const config = JSON.parse(await readFile(proxy.kubeconfig, 'utf8')) as object;
        await box.write('kubeconfig', JSON.stringify({ ...config, users: [{ name: 'admin', user }] }), 0o600);
      };
      await work(box, { ...env, KUBECONFIG }, come);
    });
  } finally {
    await proxy.stop();
  }
}

/** Calls the work once, the moment that the tool says that. */
function whenSaid({ child }: Running, words: RegExp, work: () => void): void {
  let said = '';
  child.stdout?.on('data', (text) => {
    const before = words.test(said);
    said += String(text);
    if (!before && words.test(said)) work();
  });
}

describe.concurrent('a token that expires in the middle', () => {
  for (const helm of ['helm3', 'helm4'] as const) {
    test(`ends the deploy with that reason, and with a new one the next finishes, ${helm}`, async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      let valid = 'first';
      const given = { cluster, namespace, helm: { helm3, helm4 }[helm] };
      await inCourseKnowing(
        given,
        (token) => token === valid,
        async (box, env, come) => {
          await come({ token: 'first' });
          const between = box.start([...deploy, '--json'], { env });
          whenSaid(between, /"stepDone","id":"secrets"/, () => (valid = 'second'));
          expect(events((await between.done).stdout).at(-1)).toMatchObject({
            type: 'error',
            what: 'The cluster does not know you: your credentials are wrong or have expired.',
            fix: expect.stringContaining('Get a new token and put it into the kubeconfig') as string,
          });

          await come({ token: 'second' });
          const inHelm = box.start([...deploy, '--json'], { env });
          await until('Helm is at work', async () => helmAtWork(cluster, namespace)([]));
          valid = 'third';
          expect(events((await inHelm.done).stdout).at(-1)).toMatchObject({
            type: 'error',
            what: expect.stringContaining('The cluster does not know you any more') as string,
            fix: expect.stringContaining('it continues where it stopped') as string,
          });

          await come({ token: 'third' });
          await settles(box, env, { cluster, namespace });
        },
      );
    });
  }
});

describe.concurrent('a program that gives credentials', () => {
  const plugin = (command: string): object => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' },
  });

  for (const helm of ['helm3', 'helm4'] as const) {
    test(`is asked again when they expire, in the middle of Helm’s work too, ${helm}`, async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      // The program writes whole seconds, and a request may be on its way.
      const lives = (token: string): boolean => Date.now() / 1000 < Number(token.replace('until-', '')) + 2;
      const given = { cluster, namespace, helm: { helm3, helm4 }[helm], hook: '8s' };
      await inCourseKnowing(given, lives, async (box, env, come) => {
        const login = await box.write('login', expiring, 0o755);
        await come(plugin(login));
        await settles(box, env, { cluster, namespace });
        const tokens = new Set((await readFile(`${login}.given`, 'utf8')).split('\n'));
        expect(tokens.size).toBeGreaterThan(2);
      });
    });
  }

  test('is asked again when what it gave is refused', async ({ cluster, namespace, helm3 }) => {
    let valid = 'first';
    const given = { cluster, namespace, helm: helm3 };
    await inCourseKnowing(
      given,
      (token) => token === valid,
      async (box, env, come) => {
        const revoked = join(box.folder, 'revoked');
        await come(plugin(await box.write('login', revocable(revoked), 0o755)));
        const running = box.start([...deploy, '--json'], { env });
        whenSaid(running, /"stepDone","id":"secrets"/, () => {
          writeFileSync(revoked, '');
          valid = 'second';
        });
        const { exitCode, stdout } = await running.done;
        expect(exitCode, stdout).toBe(0);
        expect(valid).toBe('second');
      },
    );
  });
});

function credential(token: string, more = ''): string {
  return `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${token}"${more}}}`;
}

/** Gives tokens that live for four seconds. */
const expiring = `#!/bin/sh
end=$(($(date +%s) + 4))
echo "$end" >> "$0.given"
cat << END
${credential('until-$end', ',"expirationTimestamp":"$(date -u -d "@$end" +%Y-%m-%dT%H:%M:%SZ)"')}
END
`;

/** Gives another token once that file is there. */
const revocable = (file: string): string => `#!/bin/sh
[ ! -e "${file}" ] || token=second
cat << END
${credential('${token-first}')}
END
`;
