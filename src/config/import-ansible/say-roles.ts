import type { NoteSink } from './notes.ts';
import { enumerate } from './quote.ts';
import { readYaml } from './read-yaml.ts';
import type { Entries, Value } from './types.ts';

const rendered = 'roles/deploy_jhub/files/config.yaml';
const longhorn = 'roles/deploy_jhub/files/longhorn.yaml';

/** Longhorn's values as the playbook has them; Hubwright sets the same. */
const stockLonghorn: Readonly<Record<string, string>> = {
  'defaultSettings.taintToleration': 'nvidia.com/gpu:NoSchedule',
  'defaultSettings.snapshotMaxCount': '10',
  'defaultSettings.snapshotDataIntegrity': 'enabled',
  'defaultSettings.snapshotDataIntegrityCronjob': '0 12 * * 1',
  'defaultSettings.replicaAutoBalance': 'best-effort',
  'defaultSettings.autoDeletePodWhenVolumeDetachedUnexpectedly': 'true',
  'defaultSettings.allowVolumeCreationWithDegradedAvailability': 'true',
  'defaultSettings.nodeDrainPolicy': 'block-for-eviction',
  'persistence.defaultClassReplicaCount': '3',
  'persistence.defaultDataLocality': 'disabled',
  'persistence.migratable': 'true',
};

/** The roles are code and are not imported; what people change in them by hand is pointed out. */
export function sayRoles(files: ReadonlyMap<string, string>, note: NoteSink): void {
  const roles = [...files.keys()].filter((path) => path.startsWith('roles/'));
  if (roles.length === 0) return;
  const why =
    'They are what Hubwright replaces. `git diff origin/main -- roles` in the repository shows whether you changed them: put changed chart values under helmValues.';
  note({ severity: 'info', what: 'The roles were not read', why });
  if (files.has(rendered)) {
    const what = `${rendered} is the result of an earlier run, and with IRIS IAM holds the client secret`;
    note({
      severity: 'warning',
      what,
      why: 'It was not read. Delete it when you no longer run the playbook.',
      place: { file: rendered, line: 1 },
    });
  }
  const text = files.get(longhorn);
  if (text !== undefined) compareLonghorn(text, note);
}

function compareLonghorn(text: string, note: NoteSink): void {
  const { entries, problems } = readYaml(longhorn, text, note);
  const place = { file: longhorn, line: 1 };
  if (problems.length > 0) {
    note({
      severity: 'warning',
      what: `${longhorn} was not compared with the stock one`,
      why: 'It cannot be read as YAML.',
      place,
    });
    return;
  }
  const values = leaves(entries, '');
  const changed = [...values].filter(([path, value]) => stockLonghorn[path] !== value).map(([path]) => path);
  const gone = Object.keys(stockLonghorn).filter((path) => !values.has(path));
  if (changed.length + gone.length === 0) return;
  const what = `${longhorn} was changed: ${enumerate([...changed, ...gone.map((path) => `${path} (taken out)`)])}`;
  note({
    severity: 'todo',
    what,
    why: 'Put them into longhorn where it has a field for them, and else under helmValues.longhorn. Otherwise the values of the stock playbook are used.',
    place,
  });
}

function leaves(entries: Entries, prefix: string): Map<string, string> {
  return new Map(
    [...entries].flatMap(([key, { value }]): [string, string][] => {
      const path = `${prefix}${key}`;
      return value.kind === 'map' ? [...leaves(value.entries, `${path}.`)] : [[path, asText(value)]];
    }),
  );
}

function asText(value: Value): string {
  return value.kind === 'scalar' ? (value.text ?? '') : '(a list)';
}
