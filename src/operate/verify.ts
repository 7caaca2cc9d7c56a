import { messageOf } from '../errors.ts';
import { type Clock, type Credentials, type Kernel, temporaryPrefix } from '../ports.ts';
import type { Emit, Event } from './events.ts';
import { commandsThatFailed, readCommandLog } from './failed-commands.ts';
import type { Untried } from './seats.ts';
import type { HubConnection, Target } from './target.ts';

/** One thing a person does, and how it went. */
interface Check {
  readonly name: 'log in' | 'start server' | 'open kernel' | 'run cell' | 'GPU' | 'materials' | 'stop server';
  readonly seconds: number;
  /** undefined: it went well. */
  readonly failure?: string;
  /** It cannot be tried without a person. */
  readonly untested?: true;
}

export interface ProfileReport {
  readonly profile: string;
  readonly checks: readonly Check[];
  readonly ok: boolean;
  /** The profile's commands that failed, with what became of them. A server starts without them too. */
  readonly failedCommands: readonly string[];
  /** The temporary person. Its server's log is kept when a check failed. */
  readonly person: string;
}

export interface VerifyReport {
  readonly environment: string;
  readonly target: 'local' | 'kubernetes';
  readonly url: string;
  readonly profiles: readonly ProfileReport[];
  /** Those of which nobody can have a server now. */
  readonly untried: readonly Untried[];
  readonly ok: boolean;
}

interface Verification {
  readonly target: Target;
  /** Slugs; each is tried as a person would. */
  readonly profiles: readonly string[];
  /** Not tried, and told about. */
  readonly untried?: readonly Untried[];
  readonly emit: Emit;
  readonly clock: Clock;
  /** Makes the names of the temporary people differ between runs. */
  readonly id: string;
}

/** Does in each profile what a person does: log in, start, open a kernel, run a cell, look at the materials, stop. */
export async function verify(verification: Verification): Promise<VerifyReport> {
  const { target, profiles, untried = [] } = verification;
  const hub = await target.hub();
  const reports: ProfileReport[] = [];
  verification.emit({ type: 'stepsPlanned', steps: profiles.map(stepOf) });
  if (target.environment.auth.oidc) verification.emit(logInUntested);
  for (const one of untried) verification.emit(notTried(one));
  for (const profile of profiles) reports.push(await verifyProfile(verification, hub, profile));
  return {
    environment: target.environment.name,
    target: target.environment.target,
    url: hub.url,
    profiles: reports,
    untried,
    ok: reports.every(({ ok }) => ok),
  };
}

const logInUntested: Event = {
  type: 'note',
  severity: 'info',
  text: 'log-in through the provider is not tested: it takes a person; log in once yourself',
};

function notTried({ profile, why }: Untried): Event {
  return { type: 'note', severity: 'warning', text: `profile ${profile} is not tried: ${why}` };
}

function stepOf(profile: string): { id: string; title: string } {
  return { id: `verify:${profile}`, title: `Work as a person does, in profile ${profile}` };
}

async function verifyProfile(
  verification: Verification,
  hub: HubConnection,
  profile: string,
): Promise<ProfileReport> {
  const { target, emit, clock, id } = verification;
  const step = stepOf(profile);
  const begun = clock.now().getTime();
  emit({ type: 'stepStarted', ...step });
  const name = `${temporaryPrefix}${id}-${profile}`.slice(0, 63);
  const checks = new Checks(clock, (text) => emit({ type: 'stepProgress', id: step.id, text }));
  let failedCommands: readonly string[] = [];
  try {
    failedCommands = await visit(checks, { target, hub, profile, name });
  } catch (error) {
    if (!checks.failed) throw error;
  } finally {
    await leave(target, hub, name);
    if (!checks.failed) await target.accounts.deleteLog(name);
  }
  const seconds = (clock.now().getTime() - begun) / 1000;
  const failure = checks.list.find((check) => check.failure !== undefined);
  if (failure) emit({ type: 'stepFailed', ...step, seconds, message: `${failure.name}: ${failure.failure}` });
  else emit({ type: 'stepDone', ...step, seconds });
  for (const text of failedCommands)
    emit({ type: 'note', severity: 'warning', text: `a command of profile ${profile} failed: ${text}` });
  return { profile, checks: checks.list, ok: failure === undefined, failedCommands, person: name };
}

/** What failed, in a line each, with the command that shows more where a server has written a log. */
export function failuresOf({ environment, target, profiles }: VerifyReport): string[] {
  return profiles.flatMap(({ profile, checks, person }) =>
    checks.flatMap(({ name, failure }) => {
      if (failure === undefined) return [];
      // On a cluster a server's log goes with its pod.
      const whose = target === 'kubernetes' || name === 'log in' ? 'hub' : `user ${person}`;
      const log = ` (see \`hubwright logs ${environment} ${whose}\`)`;
      return [`${profile}: ${name}: ${failure}${log}`];
    }),
  );
}

/** Times one check after the other; the first that fails ends the visit. */
class Checks {
  readonly list: Check[] = [];
  readonly #clock: Clock;
  readonly #report: (text: string) => void;

  constructor(clock: Clock, report: (text: string) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  get failed(): boolean {
    return this.list.some(({ failure }) => failure !== undefined);
  }

  async run<T>(name: Check['name'], work: () => Promise<T>, about: Pick<Check, 'untested'> = {}): Promise<T> {
    const begun = this.#clock.now().getTime();
    const seconds = (): number => (this.#clock.now().getTime() - begun) / 1000;
    this.#report(name);
    try {
      const result = await work();
      this.list.push({ name, seconds: seconds(), ...about });
      return result;
    } catch (error) {
      this.list.push({ name, seconds: seconds(), failure: messageOf(error) });
      throw error;
    }
  }
}

interface Visit {
  readonly target: Target;
  readonly hub: HubConnection;
  readonly profile: string;
  readonly name: string;
}

/** @returns the profile's commands that failed. */
async function visit(checks: Checks, { target, hub, profile, name }: Visit): Promise<string[]> {
  const person = await checks.run(
    'log in',
    async () => {
      const someone = hub.person(await admit(target, hub, name));
      await someone.logIn();
      return someone;
    },
    target.environment.auth.oidc ? { untested: true } : {},
  );
  await checks.run('start server', () => person.startServer(profile));
  const kernel = await checks.run('open kernel', () => person.startKernel());
  let failedCommands: string[] = [];
  try {
    await checks.run('run cell', () => expectOutput(kernel, 'print(6 * 7)', '42'));
    if ((target.environment.profiles[profile]?.commands.length ?? 0) > 0)
      failedCommands = commandsThatFailed(await kernel.run(readCommandLog));
    const { gpus } = target.environment.profiles[profile] ?? {};
    if (gpus && target.environment.target === 'kubernetes' && gpus.resource.startsWith('nvidia.com/'))
      await checks.run('GPU', () => expectGpus(kernel, gpus.count));
    const { materials } = target.environment;
    const folder = target.environment.target === 'local' ? materials?.folder : materials?.nfs;
    if (materials && folder !== undefined) {
      await checks.run('materials', () =>
        expectMaterials(kernel, materials.mountPath, target.environment.target),
      );
    }
  } finally {
    await kernel.close();
  }
  await checks.run('stop server', () => person.stopServer());
  return failedCommands;
}

/** Lets the temporary person in: with a password where we keep the accounts, else with a token of the hub. */
async function admit(target: Target, hub: HubConnection, name: string): Promise<Credentials> {
  if (target.environment.auth.oidc) {
    await hub.api.createUser(name);
    return { kind: 'token', name, token: await hub.api.createToken(name) };
  }
  const { password } = await target.accounts.addTemporary(name);
  await hub.api.syncAccounts();
  return { kind: 'password', name, password };
}

/** Leaves nothing behind, also when the visit failed half-way. */
async function leave(target: Target, hub: HubConnection, name: string): Promise<void> {
  if (!target.environment.auth.oidc) {
    await target.accounts.removeTemporary(name);
    await hub.api.syncAccounts();
  }
  await hub.api.deleteUser(name);
  await target.accounts.deleteHome(name);
}

async function expectOutput(kernel: Kernel, code: string, expected: string): Promise<void> {
  const output = (await kernel.run(code)).trim();
  if (output !== expected)
    throw new Error(`\`${code}\` printed ${JSON.stringify(output)} instead of ${expected}`);
}

/** The server sees as many GPUs as the profile has: its driver and the device plugin work. */
async function expectGpus(kernel: Kernel, count: number): Promise<void> {
  const code = [
    'import subprocess',
    'try: print(subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True).stdout.count("GPU "))',
    'except OSError as error: print(f"nvidia-smi: {error.strerror}")',
  ].join('\n');
  const answer = (await kernel.run(code)).trim();
  if (answer !== String(count)) throw new Error(`${answer} instead of ${count} GPUs`);
}

/** The folder is there and cannot be written to. */
async function expectMaterials(kernel: Kernel, mountPath: string, target: string): Promise<void> {
  const folder = target === 'local' ? `~/${mountPath.split('/').findLast((part) => part !== '')}` : mountPath;
  const code = [
    'import os, pathlib',
    `folder = pathlib.Path(${JSON.stringify(folder)}).expanduser()`,
    'def look():',
    '    if not folder.is_dir(): return "is not there"',
    '    try: (folder / ".hubwright-write-test").touch()',
    '    except OSError: return "read-only"',
    '    (folder / ".hubwright-write-test").unlink()',
    '    return "can be written to"',
    'print(look())',
  ].join('\n');
  const answer = (await kernel.run(code)).trim();
  if (answer !== 'read-only') throw new Error(`${folder} ${answer}`);
}
