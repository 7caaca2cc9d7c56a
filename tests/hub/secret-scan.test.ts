import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunOptions, type Sandbox, repo, sandbox } from '../support/hubwright.ts';
import { type AtWork, atWork, freePort, inSandbox, passwords, small, up } from './kit.ts';

/** Everything that must be found nowhere, by what it is. */
type Secrets = ReadonlyMap<string, string>;

function tokens(box: Sandbox, deployment: string): [string, string][] {
  const { secrets } = box.state(deployment);
  return readdirSync(secrets)
    .filter((name) => name !== 'accounts.json')
    .map((name) => [name, readFileSync(join(secrets, name), 'utf8')]);
}

function passwordsOf(box: Sandbox, deployment: string): [string, string][] {
  return [...passwords(box, deployment)].map(([name, password]) => [`password of ${name}`, password]);
}

/** Which of the secrets are in it, as they are or as they stand in a URL. */
function found(secrets: Secrets, text: string | Buffer): string[] {
  return [...secrets].filter(([, value]) => text.includes(value)).map(([name]) => name);
}

/** The files below the folder, links not followed. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Runs commands one after the other, and keeps what they printed. */
class Outputs {
  readonly #texts: [command: string, text: string][] = [];
  readonly #box: Sandbox;

  constructor(box: Sandbox) {
    this.#box = box;
  }

  async run(commands: readonly string[], options: RunOptions = {}): Promise<void> {
    for (const command of commands) {
      const { stdout, stderr } = await this.#box.run(command.split(' '), options);
      this.#texts.push([command, stdout + stderr]);
    }
  }

  with(secrets: Secrets): string[] {
    return this.#texts.flatMap(([command, text]) =>
      found(secrets, text).map((name) => `${command}: ${name}`),
    );
  }
}

/** Files outside `secrets/` that hold one. */
function filesWith(secrets: Secrets, root: string): string[] {
  return filesBelow(root)
    .filter((file) => !relative(root, file).startsWith('secrets/'))
    .flatMap((file) => found(secrets, readFileSync(file)).map((name) => `${relative(root, file)}: ${name}`));
}

function read(pid: number, name: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

describe('with accounts', () => {
  let box: Sandbox;
  let outputs: Outputs;
  let people: AtWork[];
  const old: [string, string][] = [];
  const secrets = (): Secrets => new Map([...tokens(box, 'small'), ...passwordsOf(box, 'small'), ...old]);

  beforeAll(async () => {
    box = sandbox();
    outputs = new Outputs(box);
    await box.writeConfig(small());
    await outputs.run(['plan', 'up --no-verify', 'up --no-verify --json']);
    const url = await up(box);
    people = await Promise.all(['trainee-1', 'jo'].map((name) => atWork(box, { url, name })));
    old.push(
      ...passwordsOf(box, 'small').map(([name, password]): [string, string] => [`old ${name}`, password]),
    );
    await outputs.run([
      'status',
      'status --json',
      'plan --json',
      'verify',
      'verify --json',
      'users list --json',
    ]);
    await outputs.run([
      'users add kim',
      'users reset trainee-2',
      'users reset jo --json',
      'users remove kim --json',
    ]);
    await outputs.run([
      'users handout --out handout',
      'users handout --json',
      'users reset nobody',
      'up nowhere',
    ]);
    await outputs.run([
      'logs hub -n 9999',
      'logs proxy -n 9999',
      'logs user trainee-1 -n 9999',
      'logs hub --json',
    ]);
  });
  afterAll(() => box.close());

  test('there is something to look for', () => {
    const names = [...secrets().keys()];
    expect(names).toEqual(
      expect.arrayContaining([
        'cookie_secret',
        'proxy_token',
        'service_token',
        'password of jo',
        'old password of jo',
      ]),
    );
    expect([...secrets().values()].every((value) => value.length >= 12)).toBe(true);
    // And the looking finds what is there.
    expect(found(secrets(), readFileSync(box.state('small').accounts))).toContain('password of jo');
    expect(filesWith(secrets(), join(box.folder, 'handout'))).toContain(
      'accounts.csv: password of trainee-1',
    );
    expect(found(new Map([['home', 'JUPYTERHUB_USER=jo']]), read(people[1]?.pid ?? 0, 'environ'))).toEqual([
      'home',
    ]);
  });

  test('no secret is in what any command prints into a pipe', () => {
    expect(outputs.with(secrets())).toEqual([]);
  });

  test('no secret is in the arguments of any process, which everybody on the machine can read', async () => {
    const processes = await box.processes();
    expect(processes.length).toBeGreaterThan(5);
    const seen = processes.flatMap(({ pid, command }) =>
      found(secrets(), read(pid, 'cmdline')).map((name) => `${command}: ${name}`),
    );
    expect(seen).toEqual([]);
  });

  test('no secret is in the environment of a person’s server, of its kernels, or of the idle culler', async () => {
    const processes = (await box.processes()).filter(({ command }) =>
      /singleuser|ipykernel|culler/.test(command),
    );
    expect(processes).toHaveLength(5);
    const seen = processes.flatMap(({ pid, command }) =>
      found(secrets(), read(pid, 'environ')).map((name) => `${command}: ${name}`),
    );
    expect(seen).toEqual([]);
  });

  test('a person’s kernel sees a token of its own server, and nobody else’s', async () => {
    const code = 'import os; print(os.environ["JUPYTERHUB_API_TOKEN"])';
    const own = await Promise.all(people.map(({ kernel }) => kernel.run(code)));
    expect(new Set(own).size).toBe(2);
  });

  test('while the hub runs no file but those of secrets/ holds one: no log, no setting, no database', () => {
    expect(filesWith(secrets(), box.state('small').root)).toEqual([]);
  });

  test('down prints none, and leaves none behind', async () => {
    await outputs.run(['down --keep-servers', 'down --json', 'status']);
    expect(outputs.with(secrets())).toEqual([]);
    expect(filesWith(secrets(), box.state('small').root)).toEqual([]);
  });
});

describe.concurrent('with an OIDC provider', () => {
  const marker = 'MARKED-client-secret-7f3a9c';
  const file = (reference: string, port: number): string => `name: marked
environments:
  local:
    target: local
    local: { port: ${port} }
    auth:
      oidc:
        clientId: hub
        clientSecret: ${reference}
        authorizeUrl: https://login.example.org/authorize
        tokenUrl: https://login.example.org/token
        userdataUrl: https://login.example.org/userinfo
        usernameClaim: preferred_username
        allowedGroups: [people]
    profiles: { standard: { displayName: Python } }
`;
  const commands = [
    'plan',
    'plan --json',
    'up',
    'up --json --no-verify',
    'status',
    'status --json',
    'verify --json',
  ];
  const more = [
    'users list',
    'users handout',
    'users reset jo',
    'check',
    'logs hub -n 9999',
    'logs proxy -n 9999',
  ];

  test.for([
    ['an environment variable', '{ fromEnv: MARKED_SECRET }', { MARKED_SECRET: marker }],
    ['a file', '{ fromFile: client-secret }', {}],
  ] as const)('the client secret from %s is nowhere to be seen', async ([, reference, env]) => {
    await inSandbox(async (box) => {
      const outputs = new Outputs(box);
      await box.write('client-secret', `${marker}\n`, 0o600);
      await box.writeConfig(file(reference, await freePort()));
      await outputs.run([...commands, ...more], { env });
      const secrets = new Map([...tokens(box, 'marked'), ['client secret', marker]]);
      expect(outputs.with(secrets)).toEqual([]);
      expect(filesWith(secrets, box.state('marked').root)).toEqual([]);

      const processes = await box.processes();
      // The hub itself was given it that way; whoever may read that may read the hub's memory.
      const others = processes.filter(({ command }) => !command.includes('-m jupyterhub'));
      expect(others.length).toBeGreaterThan(1);
      expect(processes.flatMap(({ pid }) => found(secrets, read(pid, 'cmdline')))).toEqual([]);
      expect(
        others.flatMap(({ pid }) => found(new Map([['client secret', marker]]), read(pid, 'environ'))),
      ).toEqual([]);
      await box.must(['down'], { env });
    });
  });

  test.for([
    [
      'an environment variable that is not set',
      '{ fromEnv: MARKED_SECRET }',
      'environment variable MARKED_SECRET',
    ],
    ['a file that is not there', '{ fromFile: no-such-file }', 'no-such-file'],
  ] as const)('%s is an error that names the place', async ([, reference, place]) => {
    await inSandbox(async (box) => {
      await box.writeConfig(file(reference, await freePort()));
      const { exitCode, stderr } = await box.run(['up']);
      expect(stderr).toMatch(/^error A secret (is empty or missing|cannot be read)\.\nwhere .*/);
      expect(stderr).toContain(place);
      expect({ exitCode, left: await box.processes() }).toEqual({ exitCode: 1, left: [] });
    });
  });
});

describe.concurrent('modes', () => {
  test.for(['000', '022'])(
    'with umask %s everything below the state folder is the user’s alone',
    async (umask) => {
      await inSandbox(async (box) => {
        await box.writeConfig(small({ port: await freePort() }));
        const command = `umask ${umask}; cd '${box.folder}' && '${repo}/hubwright' up && '${repo}/hubwright' users handout`;
        const env = { ...process.env, HUBWRIGHT_DATA: box.data, NODE_OPTIONS: undefined };
        const shell = spawn('sh', ['-c', command], { env, stdio: 'ignore' });
        expect(await new Promise((resolve) => shell.on('close', resolve))).toBe(0);

        const { root, secrets } = box.state('small');
        const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
          (entry) => !entry.isSymbolicLink(),
        );
        const paths = [root, ...entries.map((entry) => join(entry.parentPath, entry.name))];
        const open = paths.filter((path) => (statSync(path).mode & 0o077) !== 0);
        expect(open.map((path) => relative(root, path))).toEqual([]);
        expect(statSync(root).mode & 0o777).toBe(0o700);
        expect(filesBelow(secrets).map((path) => statSync(path).mode & 0o777)).toEqual(Array(6).fill(0o600));
        const handout = join(box.folder, 'handout-local');
        expect(filesBelow(handout).map((path) => statSync(path).mode & 0o777)).toEqual(Array(3).fill(0o600));
      });
    },
  );
});
