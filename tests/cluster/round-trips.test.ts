import { chmod, readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

/** Objects of the miniature chart that are looked at, one by one or several with one question. */
const mostQuestions = 45;

describe('where nothing is to be done', () => {
  test('no Helm is started, and the server is asked little', async ({ cluster, namespace, helm3 }) => {
    const proxy = await startFlakyProxy({ kubeconfig: cluster.kubeconfig, seed: 1, rate: 0 });
    try {
      await inCourse({ namespace, kubeconfig: proxy.kubeconfig, helm: helm3 }, async (box, given) => {
        const log = await box.write('helm.log', '');
        const script = `#!/bin/sh\necho "$*" >>${log}\nexec ${helm3} "$@"\n`;
        const watched = await box.write('helm', script);
        await chmod(watched, 0o755);
        const env = { ...given, HUBWRIGHT_HELM: watched };
        await box.must(deploy, { env });
        // The looking finds what is there.
        expect(await readFile(log, 'utf8')).toMatch(/^upgrade /m);

        await box.write('helm.log', '');
        proxy.asked.length = 0;
        expect(await box.must(deploy, { env })).toContain('Nothing to do');
        expect(proxy.asked.length, proxy.asked.join('\n')).toBeLessThanOrEqual(mostQuestions);
        expect(new Set(proxy.asked).size, 'some are asked twice').toBeGreaterThan(proxy.asked.length - 4);
        await box.must(['plan', 'training'], { env });
        await box.must(['status', 'training'], { env });
        expect(await readFile(log, 'utf8')).toBe('');

        await box.write('hub.yaml', course({ namespace, memory: '3G' }));
        await box.must(['plan', 'training'], { env });
        expect((await readFile(log, 'utf8')).match(/^version/gm)).toHaveLength(1);
      });
    } finally {
      await proxy.stop();
    }
  });
});
