import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { chromiumPath, launchBrowser, newPerson, screenshot } from './browser.ts';
import { type RunOptions, type Sandbox, events, repo, sandbox } from './hubwright.ts';

/** A running hub and a browser, for the tests of one file. */
export interface BrowserHub {
  readonly box: Sandbox;
  readonly browser: Browser;
  /** With a slash at its end. */
  url: string;
  /** Somebody with a browser of their own, who is not logged in. */
  newPerson(): Promise<Page>;
  /** Runs `up` (again), after an edit of the file for example. */
  up(options?: RunOptions): Promise<void>;
  /** The initial password, from the hand-out. */
  password(name: string): Promise<string>;
}

/**
 * Starts the hub of the config before the file's tests and takes it down after them. Without a chromium every test is
 * skipped and says so.
 *
 * @param prepare Writes the config and what it needs into the sandbox.
 * @param skip Another reason to skip every test.
 */
export function useHub(prepare: (box: Sandbox) => Promise<RunOptions | void>, skip?: string): BrowserHub {
  const reason = chromiumPath === undefined ? 'no chromium' : skip;
  const hub = {} as { -readonly [key in keyof BrowserHub]: BrowserHub[key] };

  beforeAll(async () => {
    if (reason !== undefined) return;
    hub.box = sandbox();
    const options = (await prepare(hub.box)) ?? {};
    hub.up = async (more = options) => {
      const result = events(await hub.box.must(['up', '--no-verify', '--json'], more)).at(-1);
      hub.url = String(result?.['url']);
    };
    hub.newPerson = () => newPerson(hub.browser);
    hub.password = (name) => handedOutPassword(hub.box, name);
    [hub.browser] = await Promise.all([launchBrowser(), hub.up()]);
  });

  beforeEach((context) => {
    if (reason !== undefined) context.skip(reason);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepLooks(hub.browser, task.name);
  });

  afterAll(async () => {
    await hub.browser?.close();
    await hub.box?.close();
  });

  return hub;
}

const everybody = '{ admins: [alex], users: { prefix: trainee, count: 3 } }';

/** The training course of examples/, as people get it. */
export async function writeTraining(box: Sandbox): Promise<void> {
  const example = join(repo, 'examples', 'training');
  await box.writeConfig(await readFile(join(example, 'hub.yaml'), 'utf8'));
  await cp(join(example, 'materials'), join(box.folder, 'materials'), { recursive: true });
}

/** A small hub with these accounts, and two profiles: with one alone a log-in would start a server. */
export async function writeSmall(box: Sandbox, accounts = everybody): Promise<void> {
  await box.writeConfig(`name: small
environments:
  local:
    target: local
    contactEmail: help@example.org
    auth:
      accounts: ${accounts}
    profiles:
      standard:
        displayName: Python
        cpu: { limit: 2 }
        memory: { limit: 2G }
      other: { displayName: Other }
`);
}

async function handedOutPassword(box: Sandbox, name: string): Promise<string> {
  await box.must(['users', 'local', 'handout', '--out', 'handout']);
  const csv = await readFile(join(box.folder, 'handout', 'accounts.csv'), 'utf8');
  const row = csv.split('\r\n').find((line) => line.startsWith(`${name},`));
  const password = row?.split(',')[1];
  if (!password) throw new Error(`no password for ${name} in the hand-out`);
  return password;
}

/** What everybody saw when the test failed. */
async function keepLooks(browser: Browser, test: string): Promise<void> {
  const pages = browser.contexts().flatMap((context) => context.pages());
  const name = test.replaceAll(/[^a-z0-9]+/gi, '-');
  await Promise.all(
    pages.map((page, index) => screenshot(page, `failed-${name}-${index}`).catch(() => undefined)),
  );
}
