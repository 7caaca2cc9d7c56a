import { loadConfig } from '../src/config/load.ts';
import { basisOf } from '../src/plan/kubernetes/basis.ts';
import { planDeploy } from '../src/plan/kubernetes/plan-deploy.ts';
import { compileKubernetes, noRuntimeFiles } from '../src/platform/kubernetes/index.ts';
import { answersOf } from './cluster-answers.ts';
import { sideBySide, timed, type Row } from './measure.ts';

/** The plan of many environments whose cluster has been read: compile and compare, beside half as many. */
export async function planMany(): Promise<Row[]> {
  const whole = prepared(200);
  const half = prepared(100);
  await whole();
  const pair = await sideBySide(
    10,
    () => timed(whole),
    () => timed(half),
  );
  const what =
    'plan of 200 environments × 20 profiles and 40 objects, two releases changed, their cluster read before';
  return [{ what, rival: 'of 100', pair, goal: '≤ 2 s, ≤ 2.2' }];
}

function prepared(count: number): () => Promise<void> {
  const { environments } = loadConfig({ file: 'hub.yaml', text: file(count) });
  if (environments.size !== count) throw new Error('the file of the benchmark has mistakes');
  const deployed = [...environments.values()].map((environment) => ({
    environment,
    answers: answersOf(compileKubernetes(environment, noRuntimeFiles)),
  }));
  return async () => {
    for (const { environment, answers } of deployed) {
      const systems = compileKubernetes(environment, noRuntimeFiles);
      planDeploy({ environment, systems, ...answers });
      basisOf({ environment, systems, observed: answers.observed });
    }
  };
}

function file(count: number): string {
  const profiles = Array.from(
    { length: 20 },
    (_, index) =>
      `    p${index}: { displayName: P${index}, default: ${index === 0}, image: example.org/a:1, memory: { limit: 1.8G }, placeholders: ${index < 3 ? 2 : 0} }\n`,
  );
  const environments = Array.from(
    { length: count },
    (_, index) => `  e${index}: { target: kubernetes, kubernetes: { context: c${index} } }\n`,
  );
  return `name: many
defaults:
  auth: { accounts: { users: { prefix: trainee, count: 30 } } }
  materials: { nfs: { server: 192.0.2.20 } }
  profiles:
${profiles.join('')}environments:
${environments.join('')}`;
}
