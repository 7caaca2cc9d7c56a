import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type Cloud, loadCloud } from '../../../../src/adapters/openstack/clouds/load.ts';
import type { GetJson } from '../../../../src/adapters/openstack/clouds/vendors.ts';

/** What is asked: files, variables and a choice. */
export interface Question {
  /** Below a home folder with the working directory `work`. */
  readonly files: Readonly<Record<string, string>>;
  /** `$HOME` in a value is that folder. */
  readonly env?: Readonly<Record<string, string>>;
  /** null: none is named. */
  readonly cloud: string | null;
  readonly region?: string;
}

export interface Case extends Question {
  readonly title: string;
  readonly expect: object;
}

/** The table of what openstacksdk makes of what. */
export function readCases(): Case[] {
  const text = readFileSync(join(import.meta.dirname, 'clouds-cases.yaml'), 'utf8');
  const cases = parse(text) as (Omit<Case, 'files' | 'cloud'> &
    Partial<Case> & { readonly entry?: string })[];
  return cases.map(({ entry, ...each }) => ({
    cloud: 'a',
    files: { 'work/clouds.yaml': `clouds: {a: {${entry ?? ''}}}` },
    ...each,
  }));
}

/** Has our reading answer, in a home of its own. `$HOME` in the answer is that folder. */
export async function answer(
  { files, env = {}, cloud, region }: Question,
  getJson: GetJson = (url) => Promise.reject(new Error(`nobody answers at ${url}`)),
): Promise<Answer> {
  const home = mkdtempSync(join(tmpdir(), 'hubwright-clouds-'));
  try {
    await mkdir(join(home, 'work'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(home, name)), { recursive: true });
      await writeFile(join(home, name), text);
    }
    const variables = Object.entries(env).map(([name, value]) => [name, value.replaceAll('$HOME', home)]);
    const around = {
      env: Object.fromEntries(variables) as NodeJS.ProcessEnv,
      cwd: join(home, 'work'),
      home,
      platform: 'linux',
    } as const;
    const told = summary(await loadCloud({ cloud: cloud ?? undefined, region, around, getJson }));
    return JSON.parse(JSON.stringify(told).replaceAll(home, '$HOME')) as Answer;
  } finally {
    rmSync(home, { recursive: true });
  }
}

export type Answer = ReturnType<typeof summary>;

/** As tests/parts/openstack/reference.py tells it, with null for what is not there. */
function summary(cloud: Cloud) {
  const { name, region, credentials, tls, timeoutSeconds } = cloud;
  const { authUrl, identity, scope = null } = credentials;
  const { verify, ca = null, certificate = null, key = null } = tls;
  const services = ['network', 'load-balancer', 'compute'].map((type) => {
    const {
      endpoint = null,
      interfaces,
      region: own = null,
      name: called = null,
      ...rest
    } = cloud.service(type);
    return [type, { ...rest, endpoint, interface: interfaces, region: own, name: called }];
  });
  return {
    name,
    region,
    authUrl,
    identity,
    scope,
    verify,
    ca,
    certificate,
    key,
    timeout: timeoutSeconds ?? 0,
    services: Object.fromEntries(services) as Record<string, object>,
  };
}
