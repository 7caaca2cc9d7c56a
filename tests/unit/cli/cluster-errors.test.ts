import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runIn } from './run.ts';

const file = `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: nowhere }
    auth: { accounts: { admins: [alex] } }
    longhorn: off
    homes: { storageClass: fast }
    profiles: { standard: { displayName: Python, image: example.org/a:1, memory: { limit: 1G } } }
`;

test('without a kubeconfig a command says so once, and what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hubwright-cli-'));
  writeFileSync(join(folder, 'hub.yaml'), file);
  const { exitCode, stderr } = await runIn(folder, ['plan', 'training'], {
    env: { KUBECONFIG: join(folder, 'missing') },
  });
  rmSync(folder, { recursive: true });
  expect(exitCode).toBe(2);
  expect(stderr.split('There is no kubeconfig.')).toHaveLength(2);
  expect(stderr).toContain('export KUBECONFIG=');
});
