import { describe, expect, test } from 'vitest';
import { certificateWay, firstPhase } from '../../../../../src/plan/kubernetes/certificates/way.ts';
import { planDeploy } from '../../../../../src/plan/kubernetes/plan-deploy.ts';
import { planDestroy } from '../../../../../src/plan/kubernetes/plan-destroy.ts';
import type { ClusterObserved } from '../../../../../src/plan/kubernetes/observed.ts';
import type { Values } from '../../../../../src/config/values.ts';
import { empty, hubSystem, released, running, training } from '../observed.ts';
import { certificate, domain, production, staging } from './kit.ts';

const environment = training(`    contactEmail: ops@example-course.org
    address: { domain: ${domain} }
    https: { letsEncrypt: {} }`);

function https(server: string): Values {
  return {
    enabled: true,
    hosts: [domain],
    type: 'letsencrypt',
    letsencrypt: { acmeServer: `https://${server}/directory` },
  };
}

const wanted = { proxy: { https: https(production) }, hub: { tuning: 1 } };
const systems = [hubSystem(wanted)];

function planned(observed: ClusterObserved, of = systems) {
  const first = firstPhase({ environment, systems: of, observed });
  const sent = observed.releases['jupyterhub/jupyterhub']?.newest.objects ?? [];
  const rendered = { 'jupyterhub/jupyterhub': sent };
  const plan = planDeploy({ environment, systems: first, wanted: of, observed, rendered });
  const ids = plan.steps.map(({ id }) => id).filter((id) => /^(jupyterhub|certificate)/.test(id));
  return { ...plan, ids };
}

function on(values: Values, rest: Partial<ClusterObserved> = {}): ClusterObserved {
  return running(released({ values }), rest);
}

const first = [
  'jupyterhub:release',
  'certificate:conditions',
  'certificate:https',
  'certificate:issued',
  'certificate:save',
];

describe('a deploy with Let’s Encrypt', () => {
  test('first deploys without HTTPS, and then with it', () => {
    const { ids, steps, notes } = planned(empty);
    expect(ids).toEqual(first);
    const values = steps.flatMap(({ action }) =>
      action.kind === 'upgradeRelease' ? [action.release.values] : [],
    );
    expect(values).toEqual([{ ...wanted, proxy: { https: { enabled: false } } }, wanted]);
    expect(notes.at(-1)).toMatchObject({ severity: 'warning', text: expect.stringContaining('plain HTTP') });
  });

  test('goes on where the last one ended with HTTPS off', () => {
    const { ids } = planned(on({ ...wanted, proxy: { https: { enabled: false } } }));
    expect(ids).toEqual(first.slice(1));
  });

  test('has one phase once the certificate is there', () => {
    const there = { certificate: certificate(), keptCertificates: [certificate()] };
    expect(planned(on(wanted, there)).ids).toEqual([]);
    const off = { ...wanted, proxy: { https: { enabled: false } } };
    expect(planned(on(off, there)).ids).toEqual(['jupyterhub:release']);
  });

  test('keeps a copy of one that was renewed since', () => {
    const older = certificate({ until: '2026-12-01T00:00:00.000Z' });
    const { ids } = planned(on(wanted, { certificate: certificate(), keptCertificates: [older] }));
    expect(ids).toEqual(['certificate:save']);
  });

  test('puts the copy back before the release, and asks for none', () => {
    const { ids, steps } = planned({ ...empty, keptCertificates: [certificate()] });
    expect(ids).toEqual(['certificate:prepare', 'jupyterhub:release']);
    expect(steps.find(({ id }) => id === 'jupyterhub:release')?.needs).toContain('certificate:prepare');
  });

  test('does not count on a copy that has ended', () => {
    expect(planned({ ...empty, keptCertificates: [certificate({ daysLeft: -1 })] }).ids).toEqual(first);
  });

  test('keeps staging’s HTTPS on until the real one can be asked for', () => {
    const before = { ...wanted, proxy: { https: https(staging) } };
    const { ids, notes } = planned(on(before, { certificate: certificate({ authority: staging }) }));
    expect(ids).toEqual([
      'certificate:conditions',
      'certificate:switch',
      'certificate:https',
      'certificate:issued',
      'certificate:save',
    ]);
    expect(notes.map(({ text }) => text).join()).not.toContain('plain HTTP');
  });

  test('stops the autohttps that runs before another name is asked for', () => {
    const before = { ...wanted, proxy: { https: { ...https(production), hosts: ['old.example.org'] } } };
    expect(planned(on(before)).ids).toEqual([
      'certificate:conditions',
      'certificate:switch',
      'certificate:https',
      'certificate:issued',
      'certificate:save',
    ]);
  });

  test('changes back to a server of which there is a copy without a request', () => {
    const before = { ...wanted, proxy: { https: https(staging) } };
    const observed = on(before, {
      certificate: certificate({ authority: staging }),
      keptCertificates: [certificate()],
    });
    expect(planned(observed).ids).toEqual(['certificate:prepare', 'jupyterhub:release']);
  });

  test('asks where another server’s certificate has kept traefik from it', () => {
    const observed = on(wanted, { certificate: certificate({ authority: staging }) });
    expect(planned(observed).ids).toEqual([
      'certificate:conditions',
      'certificate:switch',
      'certificate:restart',
      'certificate:issued',
      'certificate:save',
    ]);
  });

  test('leaves autohttps stopped that has made room, until the new one can be asked for', () => {
    const autohttps = (replicas: number) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'autohttps', namespace: 'jupyterhub' },
      spec: { replicas },
    });
    const live = [autohttps(0)];
    const objects = [autohttps(1)];
    const ids = (values: Values): string[] => planned(running(released({ values, objects }), { live })).ids;
    expect(ids({ ...wanted, proxy: { https: https(staging) } })[0]).toBe('certificate:conditions');
    // As the file has it already: the upgrade starts it, and so asks.
    expect(ids(wanted)).toEqual(['jupyterhub:release', 'certificate:issued']);
  });

  test('waits for one whose end nobody has seen', () => {
    const asked = (ageSeconds: number): ClusterObserved =>
      on(wanted, { requests: [{ ageSeconds, authority: production, outcome: 'asked' }] });
    expect(planned(asked(60)).ids).toEqual(['certificate:issued']);
    expect(planned(asked(4000)).ids).toEqual([]);
  });

  test('has nothing to do with one that was refused: `certificates issue` asks again', () => {
    expect(planned(on(wanted)).ids).toEqual([]);
  });

  describe('whose upgrade starts autohttps again while there is no certificate', () => {
    const autohttps = (image: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'autohttps', namespace: 'jupyterhub' },
      spec: { replicas: 1, template: { spec: { containers: [{ name: 'traefik', image }] } } },
    });
    const upgrade = (rest: Partial<ClusterObserved> = {}, image = 'traefik:2') => {
      const observed = running(
        released({ values: { ...wanted, hub: {} }, objects: [autohttps('traefik:1')] }),
        rest,
      );
      const rendered = { 'jupyterhub/jupyterhub': [autohttps(image)] };
      const plan = planDeploy({ environment, systems, observed, rendered });
      const asked = plan.steps.flatMap(({ action }) =>
        action.kind === 'upgradeRelease' ? [action.asksFor] : [],
      );
      return { ...plan, asked, ids: plan.steps.map(({ id }) => id) };
    };
    const failed = (ageSeconds: number) => ({
      ageSeconds,
      authority: production,
      outcome: 'failed' as const,
    });

    test('counts that as a request, and waits for its end', () => {
      const { asked, ids, refusal } = upgrade();
      expect(asked).toEqual([{ domain, authority: production }]);
      expect(ids).toEqual(['jupyterhub:release', 'certificate:issued']);
      expect(refusal).toBeUndefined();
    });

    test('is refused once no further request is allowed', () => {
      const { refusal } = upgrade({ requests: [3000, 2000, 900, 600, 60].map(failed) });
      expect(refusal).toMatchObject({
        what: expect.stringContaining('5 requests have failed within an hour'),
        fix: expect.stringContaining('`hubwright deploy training` again in 10 minutes.'),
      });
    });

    test('asks for none where only what is written on autohttps changes', () => {
      const [before, after] = ['4.2.0', '4.4.0'].map((chart) => {
        const object = autohttps('traefik:1');
        return { ...object, metadata: { ...object.metadata, labels: { chart } } };
      });
      const observed = running(released({ values: { ...wanted, hub: {} }, objects: [before!] }));
      const rendered = { 'jupyterhub/jupyterhub': [after!] };
      const { steps } = planDeploy({ environment, systems, observed, rendered });
      expect(steps.map(({ id }) => id)).toEqual(['jupyterhub:release']);
    });

    test.for([
      ['that leaves autohttps as it is', {}, 'traefik:1'],
      ['with a certificate that is there', { certificate: certificate() }, 'traefik:2'],
      ['with a copy of one', { keptCertificates: [certificate()] }, 'traefik:2'],
    ] as const)('asks for none %s', ([, rest, image]) => {
      const { asked, refusal } = upgrade(
        { ...rest, requests: [3000, 2000, 900, 600, 60].map(failed) },
        image,
      );
      expect([asked, refusal]).toEqual([[undefined], undefined]);
    });
  });

  test('waits for nothing where an earlier playbook has asked for the same in other words', () => {
    const { type: _default, ...said } = https(production);
    expect(planned(on({ ...wanted, proxy: { https: said } })).ids).toEqual(['jupyterhub:release']);
  });

  test('waits again for one that was asked for when the run was cut off', () => {
    const interrupted = {
      command: 'hubwright deploy training',
      host: 'here',
      begun: '2026-11-30T09:00:00Z',
      step: 'wait',
      open: ['certificate:issued'],
    };
    expect(planned(on(wanted, { interrupted })).ids).toContain('certificate:issued');
  });

  const servers = [
    {
      user: 'trainee-1',
      profile: null,
      fingerprint: undefined,
      started: undefined,
      lastActivity: undefined,
      ready: true,
    },
  ];

  test('names those whose notebooks lose their connection while a copy is put in the place of what autohttps has', () => {
    const autohttps = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'autohttps' } };
    const kept = { servers, keptCertificates: [certificate()] };
    const cut = expect.objectContaining({
      kind: 'websocketsCut',
      people: ['trainee-1'],
      text: expect.stringContaining('autohttps stops and starts'),
    });
    expect(planned(on(wanted, { ...kept, live: [autohttps] })).impacts).toContainEqual(cut);
    const stopped = { ...autohttps, spec: { replicas: 0 } };
    expect(planned(on(wanted, { ...kept, live: [stopped] })).impacts).not.toContainEqual(cut);
  });

  test('names those whose notebooks lose their connection twice', () => {
    const { impacts } = planned(on({ ...wanted, proxy: { https: { enabled: false } } }, { servers }));
    expect(impacts).toContainEqual(
      expect.objectContaining({
        kind: 'websocketsCut',
        people: ['trainee-1'],
        text: expect.stringContaining('When HTTPS is turned on'),
      }),
    );
  });

  test.each([
    { NativeAuthenticator: { enable_signup: true } },
    { NativeAuthenticator: { open_signup: true } },
    { JupyterHub: { authenticator_class: 'dummy' } },
  ])('is refused while HTTPS is off and anybody gets in: %j', (config) => {
    const open = [hubSystem({ ...wanted, hub: { config } })];
    expect(planned(empty, open).refusal).toMatchObject({ exitCode: 2 });
    // Once the certificate is there it is the file's business.
    expect(planned({ ...empty, keptCertificates: [certificate()] }, open).refusal).toBeUndefined();
  });
});

test('a destroy keeps a copy of the certificate first, also where the database is not saved', () => {
  const firstStep = (there: Partial<ClusterObserved>, save = true) =>
    planDestroy({
      environment,
      systems,
      observed: on(wanted, there),
      intent: { kind: 'destroy', withHomes: false, withClusterSystems: false, save },
    }).steps[0]?.id;
  const there = { certificate: certificate() };
  expect(firstStep(there)).toBe('certificate:save');
  // It is the hub's database that cannot be saved.
  expect(firstStep(there, false)).toBe('certificate:save');
  expect(firstStep({ ...there, keptCertificates: [certificate()] })).not.toBe('certificate:save');
  // `staging: true` is in the file, and was not deployed.
  const others = { certificate: certificate({ authority: staging }), keptCertificates: [certificate()] };
  expect(firstStep(others)).toBe('certificate:save');
  expect(firstStep({ certificate: certificate({ daysLeft: -1 }) })).not.toBe('certificate:save');
});

test('a certificate of people’s own is none of its business', () => {
  const own = training(`    address: { domain: ${domain} }\n    https: { secretName: hub-tls }`);
  expect(certificateWay({ environment: own, systems, observed: empty })).toBeUndefined();
});
