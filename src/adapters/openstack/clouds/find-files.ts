import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../../../errors.ts';
import { errorCode } from '../../files.ts';
import { parsePythonYaml } from './python-yaml.ts';
import { type Settings, isSettings, mergeDeep } from './settings.ts';

/** What decides where the files are. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

export interface CloudFiles {
  readonly content: Settings;
  /** Those that were read. */
  readonly read: readonly string[];
  /** Those that should have been, and why not; nothing of what stands in them. */
  readonly passedOver: readonly string[];
}

/** clouds.yaml with secure.yaml over it. Each is the first of its name that can be read; the others do not count. */
export async function findCloudFiles(around: Surroundings): Promise<CloudFiles> {
  const clouds = await firstOf('clouds', around, around.env['OS_CLIENT_CONFIG_FILE']);
  const secure = await firstOf('secure', around, around.env['OS_CLIENT_SECURE_FILE']);
  return {
    content: mergeDeep(clouds.content, secure.content),
    read: [...clouds.read, ...secure.read],
    passedOver: [...clouds.passedOver, ...secure.passedOver],
  };
}

/** The profiles of clouds-public.yaml. */
export async function findPublicClouds(around: Surroundings): Promise<Settings> {
  const { content } = await firstOf('clouds-public', around, undefined);
  return isSettings(content['public-clouds']) ? content['public-clouds'] : {};
}

/** Where openstacksdk looks, in its order (`openstack/config/loader.py`). */
function foldersOf({ env, cwd, home, platform }: Surroundings): string[] {
  const mac = platform === 'darwin';
  const own = env['XDG_CONFIG_HOME']?.trim() || join(home, mac ? 'Library/Application Support' : '.config');
  // It joins several folders of XDG_CONFIG_DIRS into one name, under which nothing is ever found: so do we.
  const shared = (env['XDG_CONFIG_DIRS']?.trim() || (mac ? '/Library/Application Support' : '/etc/xdg'))
    .split(':')
    .filter((folder) => folder.trim() !== '')
    .map((folder) => join(folder, 'openstack'))
    .join(':');
  // A snap has a home of its own.
  const unix = env['SNAP_REAL_HOME'] || home;
  return [cwd, join(own, 'openstack'), join(unix, '.config/openstack'), shared, '/etc/openstack'];
}

async function firstOf(
  name: 'clouds' | 'secure' | 'clouds-public',
  around: Surroundings,
  given: string | undefined,
): Promise<CloudFiles> {
  const usual = foldersOf(around).flatMap((folder) =>
    ['.yaml', '.yml', '.json'].map((suffix) => join(folder, `${name}${suffix}`)),
  );
  const named = given ? resolve(around.cwd, given) : undefined;
  const passedOver: string[] = [];
  for (const path of named === undefined ? usual : [named, ...usual]) {
    try {
      return { content: mapping(await readCloudFile(path), path), read: [path], passedOver };
    } catch (error) {
      if (error instanceof UserError) throw error;
      const why = error instanceof SyntaxError ? error.message : `cannot be read (${errorCode(error)})`;
      if (path === named || !isMissing(error)) passedOver.push(`${path}: ${why}`);
    }
  }
  return { content: {}, read: [], passedOver };
}

async function readCloudFile(path: string): Promise<unknown> {
  const source = await readFile(path, 'utf8');
  if (!path.endsWith('json')) return parsePythonYaml(source);
  try {
    return JSON.parse(source) as unknown;
  } catch {
    // The engine's own message quotes what stands there. oxlint-disable-next-line preserve-caught-error
    throw new SyntaxError('is no JSON');
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}

/** Nothing at all is an empty map. */
function mapping(content: unknown, path: string): Settings {
  if (isSettings(content)) return content;
  if (!content || (Array.isArray(content) && content.length === 0)) return {};
  throw new UserError({
    what: 'This file is no list of clouds: it is not a map.',
    where: path,
    fix: 'Begin it with `clouds:`, with the name of each cloud under that. Most clouds offer the file for download ("OpenStack clouds.yaml file", under API access).',
    exitCode: 2,
  });
}
