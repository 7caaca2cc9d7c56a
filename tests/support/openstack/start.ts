import { randomBytes } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Processes, freePorts } from '../cluster/processes.ts';
import { bootstrap } from './bootstrap.ts';
import { type Ports, type Service, type Setting, configOf, services, urlOf } from './config.ts';
import { startMariadb } from './mariadb.ts';
import { type Prepared, partFolder } from './prepare.ts';

/** What another process may be told of it, as JSON. */
export interface OpenstackAddress extends Prepared {
  readonly folder: string;
  readonly ports: Ports;
  /** Of the services among themselves. */
  readonly password: string;
}

export interface RunningOpenstack {
  readonly address: OpenstackAddress;
  stop(): Promise<void>;
}

/** Starts the services over a copy of the prepared databases, which goes with them. */
export async function startOpenstack(prepared: Prepared): Promise<RunningOpenstack> {
  const processes = await Processes.inTemporaryFolder();
  try {
    const { folder } = processes;
    await cp(prepared.state, folder, { recursive: true });
    await mkdir(join(folder, 'locks'));
    const [keystone = 0, neutron = 0, octavia = 0] = await freePorts(3);
    const address = {
      ...prepared,
      folder,
      ports: { keystone, neutron, octavia },
      password: randomBytes(12).toString('hex'),
    };
    await startMariadb(prepared.mariadb, processes, folder);
    for (const service of services) await startService(processes, service, address);
    await answers(processes, 'keystone', urlOf(address.ports, 'keystone'));
    await bootstrap(address);
    for (const service of ['neutron', 'octavia'] as const)
      await answers(processes, service, urlOf(address.ports, service));
    return { address, stop: () => processes.stop() };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

/** A second Keystone over the same database, whose tokens last for some seconds only. */
export async function startHastyKeystone(
  address: OpenstackAddress,
  tokenSeconds: number,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const processes = await Processes.inTemporaryFolder();
  const [keystone = 0] = await freePorts(1);
  const ports = { ...address.ports, keystone };
  await startService(processes, 'keystone', { ...address, ports, tokenSeconds });
  const url = urlOf(ports, 'keystone');
  await answers(processes, 'keystone', url);
  return { url, stop: () => processes.stop() };
}

async function startService(processes: Processes, service: Service, setting: Setting): Promise<void> {
  const config = join(processes.folder, `${service}.conf`);
  await writeFile(config, configOf(service, setting), { mode: 0o600 });
  const words = [
    '-W',
    'ignore',
    join(partFolder, 'serve.py'),
    service,
    String(setting.ports[service]),
    config,
  ];
  await processes.start(service, join(setting.venv, 'bin', 'python'), words);
}

/** Each needs some seconds of a processor only to load its packages; the first time Python translates them too. */
const patienceSeconds = 180;

async function answers(processes: Processes, service: Service, url: string): Promise<void> {
  const ask = async (): Promise<void> => {
    const { status } = await fetch(url);
    if (status >= 500) throw new Error(`${url}: ${status}`);
  };
  await processes.waitFor(service, ask, patienceSeconds);
}
