import { describe, expect, test } from 'vitest';
import type { ClusterObserved, Revision } from '../../../../../src/plan/kubernetes/observed.ts';
import { planDeploy } from '../../../../../src/plan/kubernetes/plan-deploy.ts';
import { planRollback } from '../../../../../src/plan/kubernetes/plan-rollback.ts';
import { planReturn, withWaysBack } from '../../../../../src/plan/kubernetes/ways-back.ts';
import type { Plan } from '../../../../../src/plan/plan.ts';
import { deployment, hubSystem, released, running, training } from '../observed.ts';
import { certificate, domain, production } from './kit.ts';

const systems = [hubSystem({ changed: true })];
const without: Pick<Revision, 'values' | 'objects'> = { values: {}, objects: [] };

function fileOf(name: string) {
  return training(`    contactEmail: ops@example-course.org
    address: { domain: ${name} }
    https: { letsEncrypt: {} }`);
}

/** A revision whose traefik, of that image, asks for the certificate. */
function withHttps(image: string): typeof without {
  const https = { enabled: true, type: 'letsencrypt', hosts: [domain] };
  return { values: { proxy: { https } }, objects: [deployment('autohttps', image)] };
}

/** What is asked for by going back. */
function asked({ steps }: Pick<Plan, 'steps'>): unknown[] {
  return steps.flatMap(({ action }) => (action as { readonly asksFor?: unknown }).asksFor ?? []);
}

describe('a rollback to a revision with autohttps', () => {
  const failed = [3000, 2000, 900, 600, 60].map((ageSeconds) => ({
    ageSeconds,
    authority: production,
    outcome: 'failed' as const,
  }));

  const back = (now = without, rest: Partial<ClusterObserved> = {}, name = domain) => {
    const { newest } = released({ ...now, number: 2 });
    const plan = planRollback({
      environment: fileOf(name),
      systems,
      observed: running(released(newest), rest),
      history: [newest, released({ ...withHttps('traefik:1'), number: 1, status: 'superseded' }).newest],
      intent: { kind: 'rollback', to: undefined, forceDatabase: false, save: false, repair: false },
    });
    return { asked: asked(plan), refusal: plan.refusal };
  };

  test.each([
    ['that is not there now', without, {}],
    ['that is another one now', withHttps('traefik:2'), {}],
    ['that somebody has deleted', withHttps('traefik:1'), { live: [] }],
  ])('%s counts as a request for its certificate', (_, now, rest) => {
    const counted = { asked: [{ domain, authority: production }], refusal: undefined };
    expect(back(now, rest)).toEqual(counted);
  });

  test('is refused once no further request is allowed for the name', () => {
    expect(back(without, { requests: failed }).refusal).toMatchObject({
      what: expect.stringMatching(/^This rollback starts autohttps .*5 requests have failed within an hour/),
      fix: expect.stringContaining('`hubwright rollback training` again in 10 minutes.'),
    });
    expect(back(without, { requests: failed }, 'new.example.org').refusal).toBeUndefined();
  });

  test.for([
    ['it runs already', withHttps('traefik:1'), {}],
    ['the certificate is there', without, { certificate: certificate() }],
  ] as const)('asks for none where %s', ([, now, rest]) => {
    expect(back(now, { requests: failed, ...rest })).toEqual({ asked: [], refusal: undefined });
  });
});

test('after a deploy that failed what starts autohttps again is counted too', () => {
  const environment = fileOf(domain);
  const good = released(withHttps('traefik:1'));
  const before = { systems, observed: running(good), jupyterHub: undefined };
  const histories = { 'jupyterhub/jupyterhub': [good.newest] };
  const plan = withWaysBack(planDeploy({ environment, ...before, rendered: {} }), { ...before, histories });
  const now = released({ ...withHttps('traefik:2'), number: 4 }, { lockedIn: 'jupyterhub' });
  const observed = running(now);
  const back = planReturn({ plan, environment, observed, histories, saved: undefined });
  expect(asked(back)).toEqual([{ domain, authority: production }]);
});
