import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { compileLocal } from '../../../src/platform/local/compile.ts';
import { profilesFile } from '../../../src/platform/local/profiles-file.ts';
import { course, localEnvironment } from '../environment.ts';

const oidc = `
auth:
  oidc:
    preset: iris-iam
    clientId: course
    clientSecret: { fromEnv: IAM_SECRET }
    adminGroups: [course/admins]
    allowedGroups: [course/users]
profiles:
  standard: { displayName: Python, image: example.org/a:1 }
`;

/** What the hub is configured with, whole: a change of it is seen in review. */
const golden = {
  example: () => {
    const text = readFileSync('examples/training/hub.yaml', 'utf8');
    const local = loadConfig({ file: 'hub.yaml', text }).environments.get('local');
    if (!local) throw new Error('the example has mistakes');
    return local;
  },
  oidc: () => localEnvironment(oidc),
  'no-culling': () => localEnvironment(`${course}\nculling: off`),
} as const;

describe('compileLocal', () => {
  test.each(Object.entries(golden))('%s gives what it gave before', async (name, environment) => {
    const system = compileLocal(environment());
    const profiles = profilesFile(system, {
      homes: '/data/homes',
      limits: 'systemd',
      pythons: { hub: '/data/python/hub/bin/python' },
      materials: { folder: '/course/materials', mode: 'mount' },
    });
    await expect(`${JSON.stringify({ system, profiles }, null, 2)}\n`).toMatchFileSnapshot(
      `golden/${name}.json`,
    );
  });

  test('the client secret is not part of it', () => {
    expect(JSON.stringify(compileLocal(localEnvironment(oidc)))).not.toMatch(/secret/i);
  });

  test('the first profile is the default where none says so', () => {
    const system = compileLocal(localEnvironment(course.replace('default: true, ', '')));
    expect(system.profiles.filter((profile) => profile.default).map(({ slug }) => slug)).toEqual([
      'standard',
    ]);
  });
});

describe('profilesFile', () => {
  const system = compileLocal(localEnvironment(course));
  const facts = { homes: '/h', limits: 'none', pythons: { hub: '/python' }, materials: undefined } as const;
  const fingerprints = (changed: typeof system) =>
    profilesFile(changed, facts).profiles.map(({ fingerprint }) => fingerprint);

  test('a fingerprint changes with what a server is started with', () => {
    const cheaper = system.profiles.map((profile) => ({ ...profile, cpu: { guarantee: null, limit: 1 } }));
    expect(fingerprints({ ...system, profiles: cheaper })).not.toEqual(fingerprints(system));
  });

  test('a fingerprint stays when only a label changes', () => {
    const renamed = system.profiles.map((profile) => ({
      ...profile,
      displayName: 'New',
      description: 'New',
    }));
    expect(fingerprints({ ...system, profiles: renamed })).toEqual(fingerprints(system));
  });

  test('a profile with packages of its own runs with its own Python', () => {
    const { profiles } = profilesFile(system, { ...facts, pythons: { hub: '/python', large: '/own' } });
    expect(profiles.map(({ python }) => python)).toEqual(['/python', '/own']);
  });
});
