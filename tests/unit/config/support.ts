import type { LoadedConfig } from '../../../src/config/check-source.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Problem } from '../../../src/config/problem.ts';

/** Loads text as hub.yaml. */
export function load(text: string): LoadedConfig {
  return loadConfig({ file: 'hub.yaml', text });
}

/** An environment on this machine in which nothing is wrong, with fields added or replaced (JSON is YAML). */
export function local(fields: Readonly<Record<string, unknown>> = {}): string {
  return oneEnvironment({
    target: 'local',
    auth: { accounts: { admins: ['alex'] } },
    profiles: { standard: { displayName: 'Python' } },
    ...fields,
  });
}

/** An environment on a cluster in which nothing is wrong. */
export function cluster(fields: Readonly<Record<string, unknown>> = {}): string {
  return oneEnvironment({
    target: 'kubernetes',
    kubernetes: { context: 'training', managementContext: 'management' },
    https: 'off',
    auth: { accounts: { admins: ['alex'] } },
    profiles: { standard: clusterProfile() },
    ...fields,
  });
}

/** A profile in which nothing is wrong on a cluster. */
export function clusterProfile(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    displayName: 'Python',
    image: 'quay.io/jupyter/scipy-notebook:2026-10-01',
    memory: { guarantee: '2G', limit: '2G' },
    ...fields,
  };
}

function oneEnvironment(environment: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ name: 'hub', environments: { one: environment } }, undefined, 1);
}

/** The codes of everything that is wrong, in the order of the file. */
export function codes(text: string): string[] {
  return load(text).problems.map((problem) => problem.code);
}

/** The only problem of a text. */
export function onlyProblem(text: string): Problem {
  const { problems } = load(text);
  const [problem] = problems;
  if (problem === undefined || problems.length > 1)
    throw new Error(`expected one problem: ${JSON.stringify(problems, undefined, 1)}`);
  return problem;
}
