import { loadConfig } from '../../src/config/load.ts';
import type { Environment } from '../../src/config/schema/environment.ts';

/** The environment `local` of a file with these lines under it; fails when the file has mistakes. */
export function localEnvironment(yaml: string): Environment {
  const text = `name: course\nenvironments:\n  local:\n    target: local\n${indent(yaml)}`;
  const { environments, problems } = loadConfig({ file: 'hub.yaml', text });
  const environment = environments.get('local');
  if (!environment) throw new Error(problems.map(({ message }) => message).join('\n'));
  return environment;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Two profiles and a few people: enough for most tests. */
export const course = `
auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 2 } } }
profiles:
  standard: { displayName: Python, default: true, image: example.org/a:1, cpu: { limit: 2 }, memory: { limit: 1.8G } }
  large: { displayName: Large, image: example.org/a:1, cpu: { limit: 6 }, memory: { limit: 25G } }
`;
