import { describe, expect, test } from 'vitest';
import { planDeploy } from '../../../../src/plan/kubernetes/plan-deploy.ts';
import { releasesToRender } from '../../../../src/plan/kubernetes/releases.ts';
import type { System } from '../../../../src/platform/kubernetes/system.ts';
import { secret } from '../../../../src/config/values.ts';
import { deployment, empty, hubSystem, longhornSystem, released, running, training } from './observed.ts';

const environment = training();
const longhornChart = { name: 'longhorn', version: '1.11.2' };

describe('the plan for a cluster', () => {
  test('with nothing in it: namespace, tokens, accounts, release, in that order', () => {
    const systems = [hubSystem()];
    expect(releasesToRender(systems, empty)).toHaveLength(1);
    const rendered = { 'jupyterhub/jupyterhub': [deployment('hub', 'hub:1')] };
    const { steps, impacts, changes } = planDeploy({ environment, systems, observed: empty, rendered });
    expect(steps.map(({ id }) => id)).toEqual([
      'namespace:jupyterhub',
      'secrets',
      'accounts',
      'jupyterhub:release',
    ]);
    expect(steps.find(({ id }) => id === 'jupyterhub:release')?.needs).toEqual(
      expect.arrayContaining(['secrets', 'accounts', 'namespace:jupyterhub']),
    );
    expect(impacts).toEqual([]);
    expect(changes).toEqual([
      {
        title: 'JupyterHub',
        values: [],
        objects: [{ object: 'Deployment hub', kind: 'created', fields: [] }],
      },
    ]);
  });

  test('that is as the file says has no steps, and renders nothing', () => {
    const values = { hub: { cookie: secret('cookieSecret') } };
    const systems = [hubSystem(values)];
    const observed = running(released({ values, objects: [deployment('hub', 'hub:1')] }));
    expect(releasesToRender(systems, observed)).toEqual([]);
    expect(planDeploy({ environment, systems, observed, rendered: {} }).steps).toEqual([]);
  });

  test('names who else is on what the cluster shares, also those who carry no label of ours', () => {
    const volume = (namespace: string) => ({
      name: `pvc-${namespace}`,
      driver: 'driver.longhorn.io',
      claim: { namespace, name: 'claim-1' },
      claimDeleted: false,
      goesWithClaim: true,
      labels: {},
    });
    const observed = running(released(), {
      neighbours: [{ environment: 'dev', namespace: 'course-dev' }],
      volumes: [volume('jupyterhub'), volume('course-dev'), volume('old-hub')],
    });
    const shared = (systems: System[]) =>
      planDeploy({ environment, systems, observed, rendered: {} }).notes.map(({ text }) => text);
    expect(shared([longhornSystem, hubSystem()])).toContain(
      'Longhorn is shared with dev (course-dev), 1 volume of namespace old-hub',
    );
    expect(shared([hubSystem()]).join()).not.toContain('shared');
  });

  test('shows values by path, and none of a secret', () => {
    const before = { hub: { config: { secret: 'plain-old' } }, singleuser: { memory: { limit: '1G' } } };
    const after = {
      hub: { config: { secret: secret('oidcClientSecret') } },
      singleuser: { memory: { limit: '2G' } },
    };
    const systems = [hubSystem(after)];
    const observed = running(released({ values: before }));
    const { changes, steps } = planDeploy({ environment, systems, observed, rendered: {} });
    expect(changes?.[0]?.values).toEqual([
      { path: 'hub.config.secret', before: '(secret)', after: '(secret)' },
      { path: 'singleuser.memory.limit', before: '"1G"', after: '"2G"' },
    ]);
    expect(JSON.stringify(changes)).not.toContain('plain-old');
    expect(steps.map(({ reason }) => reason)).toEqual(['2 values change']);
  });

  test('names what somebody changed or deleted by hand', () => {
    const sent = [deployment('hub', 'hub:1'), deployment('proxy', 'chp:1')];
    const observed = running(released({ objects: sent }), { live: [deployment('hub', 'hub:1', 0)] });
    const { steps, changes } = planDeploy({ environment, systems: [hubSystem()], observed, rendered: {} });
    expect(steps.map(({ reason }) => reason)).toEqual(['changed by hand: Deployment hub, Deployment proxy']);
    expect(changes?.[0]?.objects).toEqual([
      {
        object: 'Deployment hub',
        kind: 'restored',
        fields: [{ path: 'spec.replicas', before: '0', after: '1' }],
      },
      { object: 'Deployment proxy', kind: 'restored', fields: [] },
    ]);
  });

  test('what a failed revision did not get to is not called a change by hand', () => {
    const sent = [deployment('hub', 'hub:2')];
    const observed = running(released({ status: 'failed', objects: sent }), {
      live: [deployment('hub', 'hub:1')],
    });
    const { steps, changes } = planDeploy({ environment, systems: [hubSystem()], observed, rendered: {} });
    expect(steps.map(({ reason }) => reason)).toEqual(['its last revision, 3, is failed']);
    expect(changes?.[0]?.objects.map(({ kind }) => kind)).toEqual(['changed']);
  });

  test('what the server added is no change by hand, nor is a quantity written in another way', () => {
    const sent = {
      ...deployment('hub', 'hub:1'),
      spec: { resources: { cpu: '1000m' }, template: { spec: { containers: [{ name: 'hub' }] } } },
    };
    const live = {
      ...sent,
      metadata: { ...sent.metadata, uid: 'x', generation: 4 },
      spec: {
        resources: { cpu: '1' },
        template: {
          spec: { containers: [{ name: 'hub', imagePullPolicy: 'Always' }], dnsPolicy: 'ClusterFirst' },
        },
      },
      status: { replicas: 1 },
    };
    const observed = running(released({ objects: [sent] }), { live: [live] });
    const { steps } = planDeploy({ environment, systems: [hubSystem()], observed, rendered: {} });
    expect(steps).toEqual([]);
  });
});

describe('what a deploy means for people', () => {
  const working = { fingerprint: undefined, started: undefined, lastActivity: undefined, ready: true };
  const servers = [
    { user: 'trainee-1', profile: 'standard', ...working },
    { user: 'trainee-2', profile: 'large', ...working },
  ];
  const profile = (slug: string, memory: string) => ({
    slug,
    display_name: slug,
    kubespawner_override: { mem_limit: memory },
  });
  const values = (large: string) => ({
    singleuser: { profileList: [profile('standard', '1G'), profile('large', large)] },
  });

  test('a changed profile holds from the next start of those who use it; all servers keep running', () => {
    const sent = [deployment('hub', 'hub:1'), deployment('proxy', 'chp:1')];
    const observed = running(released({ values: values('2G'), objects: sent }), { servers });
    const rendered = { 'jupyterhub/jupyterhub': [deployment('hub', 'hub:2'), deployment('proxy', 'chp:1')] };
    const { impacts } = planDeploy({ environment, systems: [hubSystem(values('4G'))], observed, rendered });
    expect(impacts.map(({ kind, people }) => [kind, people])).toEqual([
      ['loginAway', []],
      ['nextStart', ['trainee-2']],
      ['untouched', ['trainee-1', 'trainee-2']],
    ]);
  });

  test('a proxy that restarts cuts the connections of everybody who works', () => {
    const observed = running(released({ objects: [deployment('proxy', 'chp:1')] }), { servers });
    const systems = [hubSystem({ proxy: 1 })];
    const rendered = { 'jupyterhub/jupyterhub': [deployment('proxy', 'chp:2')] };
    const { impacts } = planDeploy({ environment, systems, observed, rendered });
    expect(impacts[0]).toMatchObject({ kind: 'websocketsCut', people: ['trainee-1', 'trainee-2'] });
  });

  test('people who are taken out of the file are named, with their servers', () => {
    const observed = running(released(), {
      servers: [{ user: 'sam', profile: 'standard', ...working }],
      hubUsers: [...(running(released()).hubUsers ?? []), { name: 'sam', admin: false }],
    });
    const { impacts, steps } = planDeploy({ environment, systems: [hubSystem()], observed, rendered: {} });
    expect(impacts[0]?.text).toBe('sam can no longer log in; homes stay. Running servers that stop: sam.');
    expect(steps.map(({ id }) => id)).toEqual(['remove-people']);
  });

  test('a list that a killed run wrote and did not tell the hub about is told by the next', () => {
    const hubUsers = running(released()).hubUsers?.map(({ name }) => ({ name, admin: true })) ?? [];
    const observed = running(released(), { hubUsers });
    const { steps } = planDeploy({ environment, systems: [hubSystem()], observed, rendered: {} });
    expect(steps.map(({ id }) => id)).toEqual(['accounts:sync']);
  });
});

describe('a run that was cut off', () => {
  test('after its steps leaves its check, for which it is seen whether all is ready', () => {
    const { steps, notes } = planDeploy({
      environment,
      systems: [hubSystem()],
      observed: running(released(), { interrupted: { ...interrupted, open: ['verify'] } }),
      rendered: {},
    });
    expect(steps).toMatchObject([
      { id: 'jupyterhub:ready', reason: 'the check after `hubwright deploy training` has not passed' },
    ]);
    expect(notes.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^after `hubwright deploy training` on laptop nobody has been able to work/),
    );
  });

  const interrupted = {
    command: 'hubwright deploy training',
    host: 'laptop',
    begun: '',
    step: 'JupyterHub',
    open: ['jupyterhub:release'],
  };

  test('leaves something to do where all is sent: to see whether it became ready', () => {
    const { steps } = planDeploy({
      environment,
      systems: [hubSystem()],
      observed: running(released(), { interrupted }),
      rendered: {},
    });
    expect(steps).toMatchObject([
      {
        id: 'jupyterhub:ready',
        reason: '`hubwright deploy training` did not come to its end',
        action: { kind: 'waitReady' },
      },
    ]);
  });
});

test('a namespace that was there before is marked, so that other environments see that they are not alone', () => {
  const observed = running(released(), { namespaceMarked: false });
  const { steps } = planDeploy({ environment, systems: [hubSystem()], observed, rendered: {} });
  expect(steps).toMatchObject([
    { title: 'Namespace jupyterhub: labels', action: { kind: 'createNamespace', name: 'jupyterhub' } },
  ]);
});

describe('while Longhorn is being reinstalled', () => {
  const systems = [longhornSystem, hubSystem()];
  const own = { environment: 'dev', namespace: 'course-dev' };
  const plan = (done: readonly string[], isThere = true) => {
    const releases = {
      'jupyterhub/jupyterhub': released(),
      ...(isThere ? { 'longhorn-system/longhorn': released({ chart: longhornChart }) } : {}),
    };
    const observed = running(released(), { releases, reinstall: { ...own, done } });
    return planDeploy({ environment, systems, observed, rendered: {} });
  };
  const goesOn = '`hubwright longhorn dev reinstall` goes on with it';

  test.each([
    ['the uninstall has begun', ['removing'], true],
    ['a new one is installed', ['removing', 'uninstall', 'controller'], true],
    ['somebody has uninstalled it', [], false],
  ])('no other one is installed: %s', (_when, done, isThere) => {
    const { refusal } = plan(done, isThere);
    expect(refusal).toMatchObject({
      what: expect.stringContaining('dev is in the middle of reinstalling Longhorn') as string,
      fix: `${goesOn}.`,
    });
  });

  test('a deploy goes on while nothing is deleted yet, and is told of it', () => {
    const { refusal, notes } = plan([]);
    expect(refusal).toBeUndefined();
    expect(notes.find(({ text }) => text.includes(goesOn))?.severity).toBe('warning');
  });
});
