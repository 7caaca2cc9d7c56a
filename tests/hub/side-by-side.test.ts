import { type Server, createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isFree } from '../../src/adapters/local/ports.ts';
import type { Sandbox } from '../support/hubwright.ts';
import { atWork, canLogIn, freePort, inSandbox, kill, passwords, recordOf, small, until, up } from './kit.ts';

/** Somebody else's program on that port. */
async function stranger(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function portsOf(box: Sandbox): { hubPort: number; proxyApiUrl: string; publicUrl: string } {
  return JSON.parse(readFileSync(box.state('small').hubSettings, 'utf8')) as ReturnType<typeof portsOf>;
}

describe('side by side', () => {
  test('two environments of one file and another deployment run at the same time, and know nothing of each other', async () => {
    await inSandbox(async (box) => {
      const morning = small().replaceAll('  local:\n    target', '  morning:\n    target');
      const evening = morning.slice(morning.indexOf('  morning:')).replace('morning', 'evening');
      await box.writeConfig(small({ name: 'other' }), 'other.yaml');
      await box.write('hub.yaml', morning + evening);

      const [a, b, c] = [
        await up(box, 'morning'),
        await up(box, 'evening'),
        await up(box, '--file', 'other.yaml'),
      ];
      expect(new Set([a, b, c]).size).toBe(3);
      const password = passwords(box, 'small', 'morning').get('trainee-1');
      expect([await canLogIn(a, 'trainee-1', password), await canLogIn(b, 'trainee-1', password)]).toEqual([
        true,
        false,
      ]);

      const unclear = await box.run(['status']);
      expect(unclear).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('Name one of: morning, evening.'),
      });

      await box.must(['down', 'morning']);
      expect(await canLogIn(b, 'trainee-1', passwords(box, 'small', 'evening').get('trainee-1'))).toBe(true);
      expect((await box.run(['status', '--file', 'other.yaml'])).exitCode).toBe(0);
      await box.must(['down', 'evening']);
      expect((await box.run(['status', '--file', 'other.yaml'])).exitCode).toBe(0);
    });
  });

  test('two that are started at the same moment never believe that they have the same port', async () => {
    await inSandbox(async (box) => {
      const files = ['hub.yaml', 'other.yaml'];
      await box.writeConfig(small(), files[0]);
      await box.writeConfig(small({ name: 'other' }), files[1]);
      const together = await Promise.all(files.map((file) => box.run(['up', '--no-verify', '--file', file])));
      for (const { exitCode, stderr } of together) {
        if (exitCode !== 0)
          expect(stderr).toMatch(/port \d+ (is in use|has just been taken) by .*process \d+/i);
      }
      const urls = [await up(box, '--file', 'hub.yaml'), await up(box, '--file', 'other.yaml')];
      expect(urls[0]).not.toBe(urls[1]);
      expect(await canLogIn(urls[1] ?? '', 'jo', passwords(box, 'other').get('jo'))).toBe(true);
    });
  });

  test('a copy of the file elsewhere goes on with the same environment, and says so', async () => {
    await inSandbox(async (box) => {
      await box.writeConfig(small());
      await up(box);
      await box.writeConfig(small(), 'copy/hub.yaml');
      const plan = await box.must(['plan', '--file', 'copy/hub.yaml']);
      expect(plan).toContain(`this environment was last deployed from another file, ${box.folder}/hub.yaml`);
    });
  });
});

describe('a port that somebody else has', () => {
  test('named in the file: it is refused with the name of the holder, and nothing is changed', async () => {
    await inSandbox(async (box) => {
      const port = await freePort();
      const holder = await stranger(port);
      await box.writeConfig(small({ port }));
      const plan = await box.must(['plan']);
      const { exitCode, stderr } = await box.run(['up']);
      await close(holder);
      expect(plan).toMatch(
        /steps for local\n[^]*Start the proxy[^]*\nA deploy is refused\n  Port \d+ is in use by /,
      );
      expect(stderr).toMatch(
        new RegExp(`Port ${port} is in use by \`.*node.*\` \\(process ${process.pid}\\)`),
      );
      expect(stderr).toContain('Without `local.port` a free one is found.');
      expect({ exitCode, left: await box.processes() }).toEqual({ exitCode: 1, left: [] });
    });
  });

  test('by another environment of ours: it is named, with the command that stops it', async () => {
    await inSandbox(async (box) => {
      const port = await freePort();
      await box.writeConfig(small({ name: 'lessons', port }), 'other file.yaml');
      await up(box, '--file', 'other file.yaml');
      await box.writeConfig(small({ port }));
      const { exitCode, stderr } = await box.run(['up', '--no-verify']);
      expect(stderr).toContain(`Port ${port} is in use by environment local of lessons`);
      expect(exitCode).toBe(1);
      const down = `hubwright down local --file '${box.folder}/other file.yaml'`;
      expect(stderr).toContain(`\`${down}\``);

      await box.must(['down', 'local', '--file', join(box.folder, 'other file.yaml')]);
      expect(await up(box)).toBe(`http://127.0.0.1:${port}/`);
    });
  });

  test('not named: the next free one is taken, and kept by later runs though the first is free again', async () => {
    await inSandbox(async (box) => {
      // Where somebody else has it already, that is as good.
      const holder = await stranger(8000).catch(() => undefined);
      await box.writeConfig(small());
      const url = await up(box);
      expect(url).not.toContain(':8000/');
      await box.must(['down']);
      if (holder) await close(holder);
      expect(await up(box)).toBe(url);
    });
  });

  test('those of hub and proxy, taken while nothing runs: new ones are chosen, and people can work', async () => {
    await inSandbox(async (box) => {
      await box.writeConfig(small());
      const url = await up(box);
      const before = portsOf(box);
      await box.must(['down']);
      const holders = await Promise.all(
        [before.hubPort, Number(new URL(before.proxyApiUrl).port)].map(stranger),
      );
      expect(await up(box)).toBe(url);
      expect(portsOf(box).hubPort).not.toBe(before.hubPort);
      await (await atWork(box, { url, name: 'jo' })).kernel.close();
      await Promise.all(holders.map(close));
    });
  });

  test('the public one, taken after the proxy was killed: the proxy comes back on another', async () => {
    await inSandbox(async (box) => {
      await box.writeConfig(small());
      const url = await up(box);
      const port = Number(new URL(url).port);
      await kill(recordOf(box, 'proxy').pid);
      // A process of several threads is gone a moment before its sockets are.
      await until('the port is free', () => isFree(port));
      const holder = await stranger(port);
      const other = await up(box);
      await close(holder);
      expect(other).not.toBe(url);
      expect(await canLogIn(other, 'jo', passwords(box).get('jo'))).toBe(true);
    });
  });
});
