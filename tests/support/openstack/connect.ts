import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type OpenstackApi,
  type OpenstackChoice,
  connectOpenstack,
} from '../../../src/adapters/openstack/connect.ts';

/** A cloud of clouds.yaml. */
export interface CloudEntry {
  readonly auth: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Connects by a clouds.yaml of its own, which is gone afterwards. */
export async function connectAs(
  entry: CloudEntry,
  choice: Partial<OpenstackChoice> = {},
): Promise<OpenstackApi> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-clouds-'));
  try {
    await writeFile(join(folder, 'clouds.yaml'), JSON.stringify({ clouds: { test: entry } }), {
      mode: 0o600,
    });
    return await connectOpenstack({
      cloud: 'test',
      env: {},
      around: { cwd: folder, home: folder },
      ...choice,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
