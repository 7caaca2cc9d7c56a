import { expect, test } from 'vitest';
import { renderWelcome } from '../../../src/cli/render/welcome.ts';
import { localEnvironment } from '../environment.ts';

test('with a provider, `up` ends with the address that has to be registered there', () => {
  const environment = localEnvironment(
    `auth: { oidc: { preset: iris-iam, clientId: hub, clientSecret: { fromEnv: SECRET }, allowedGroups: [a] } }
profiles: { standard: { displayName: Python, default: true } }`,
  );
  const io = {
    stdout: { write: () => undefined },
    stderr: { write: () => undefined },
    terminal: { stdout: false, stderr: false, columns: 80 },
    env: {},
    cwd: '/',
  };
  const text = renderWelcome(
    { environment, url: 'http://127.0.0.1:8000/', people: [], changed: true, seconds: 1, sameAgain: '' },
    io,
  );
  expect(text).toContain('with your account at IRIS IAM\n');
  expect(text).toContain('redirect address http://127.0.0.1:8000/hub/oauth_callback\n');
});
