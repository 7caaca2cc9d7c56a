import { isMap, own } from './merge.ts';
import type { Path, Problem } from './problem.ts';
import { dnsLabel } from './schema/common.ts';
import { environment, hubFile } from './schema/environment.ts';
import { bare, closest } from './shape/distance.ts';
import { formatHint } from './shape/formats.ts';
import { wrongKey } from './shape/keys.ts';
import { typeName } from './shape/words.ts';
import type { Source } from './source.ts';

interface FileShape {
  readonly name: string | undefined;
  /** `defaults` was meant by another key: what environments miss is in there. */
  readonly lacksDefaults: boolean;
  readonly problems: readonly Problem[];
}

/** Checks what stands outside of the environments: `name`, `defaults`, the names of the environments. */
export function fileProblems(source: Source): FileShape {
  const problems = [
    ...unknownKeys(source),
    ...defaultsProblems(source),
    ...environmentsProblems(source),
  ].filter(
    // A mistyped `environments` is one problem, not two.
    (problem) =>
      problem.code !== 'missing' ||
      !Object.keys(source.value).some((key) => meantKey(key) === problem.path[0]),
  );
  const value = own(source.value, 'name');
  const name = dnsLabel.safeParse(value);
  const meant = Object.keys(source.value).map(meantKey);
  const lacksDefaults = own(source.value, 'defaults') === undefined && meant.includes('defaults');
  if (name.success) return { name: name.data, lacksDefaults, problems };
  const isMistyped = value === undefined && meant.includes('name');
  return {
    name: undefined,
    lacksDefaults,
    problems: isMistyped ? problems : [nameProblem(source, value), ...problems],
  };
}

interface Words {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly environments?: readonly string[];
}

function problemAt(source: Source, path: Path, at: 'key' | 'value', words: Words): Problem {
  return { environments: [], ...words, severity: 'error', path, place: source.place(path, at) };
}

function nameProblem(source: Source, value: unknown): Problem {
  if (value === undefined || value === null) {
    return problemAt(source, ['name'], 'key', {
      code: 'missing',
      message: 'The file has no `name`',
      fix: 'Add, for example, `name: jupyter-training` at the top.',
    });
  }
  const written = source.written(['name']) ?? '';
  if (typeof value !== 'string') {
    const quoted =
      typeof value === 'object'
        ? 'Write a name, such as `jupyter-training`.'
        : `Put it in quotes: \`'${written}'\`.`;
    return problemAt(source, ['name'], 'value', {
      code: 'type',
      message: `\`name\` must be text, and here is ${typeName(value)}`,
      fix: quoted,
    });
  }
  const hint = formatHint('dnsLabel', value);
  const fix = hint.instead === undefined ? `Use ${hint.expects}.` : `Write \`${hint.instead}\`.`;
  return problemAt(source, ['name'], 'value', {
    code: 'format',
    message: `\`name\` must be ${hint.expects}`,
    fix,
  });
}

const topKeys = Object.keys(hubFile.shape);

function meantKey(key: string): string | undefined {
  return topKeys.includes(key) ? undefined : closest(key, topKeys);
}

function unknownKeys(source: Source): Problem[] {
  return Object.keys(source.value)
    .filter((key) => !topKeys.includes(key))
    .map((key) =>
      problemAt(source, [key], 'key', {
        code: 'unknown-key',
        message: `\`${key}\` is not a field of the file`,
        fix: fixOfUnknown(key),
      }),
    );
}

function fixOfUnknown(key: string): string {
  const meant = meantKey(key);
  if (meant !== undefined) return `Write \`${meant}\`.`;
  const section =
    Object.keys(environment.shape).find((name) => bare(name) === bare(key)) ??
    closest(key, Object.keys(environment.shape));
  const as = section === key ? '' : `, as \`${section ?? ''}\``;
  if (section !== undefined) return `Move it under \`defaults\`, or under one of the \`environments\`${as}.`;
  return 'The file has `name`, `defaults` and `environments`; settings stand under the last two.';
}

function defaultsProblems(source: Source): Problem[] {
  const value = own(source.value, 'defaults');
  if (value === undefined || value === null || isMap(value)) return [];
  const fix =
    'Write the common settings on lines of their own below `defaults:`, indented by two spaces, or remove it.';
  return [
    problemAt(source, ['defaults'], 'value', {
      code: 'type',
      message: `\`defaults\` must be a map, and here is ${typeName(value)}`,
      fix,
    }),
  ];
}

function environmentsProblems(source: Source): Problem[] {
  const value = own(source.value, 'environments');
  if (isMap(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, one]) => environmentProblems(source, name, one));
  }
  if (value === undefined || value === null || isMap(value)) {
    const code = value === undefined ? 'missing' : 'empty';
    return [
      problemAt(source, ['environments'], 'key', {
        code,
        message: 'The file has no environment',
        fix: 'Add, for example, `environments: { local: { target: local } }`.',
      }),
    ];
  }
  const fix =
    'Give each environment a name as its key: `environments:`, below it `training:`, below that its fields.';
  return [
    problemAt(source, ['environments'], 'value', {
      code: 'type',
      message: `\`environments\` must be a map from names to environments, and here is ${typeName(value)}`,
      fix,
    }),
  ];
}

function environmentProblems(source: Source, name: string, value: unknown): Problem[] {
  const path = ['environments', name];
  const problems: Problem[] = [];
  if (!dnsLabel.safeParse(name).success) {
    const { code, message, fix } = wrongKey(path);
    problems.push(
      problemAt(source, path, 'key', {
        code,
        message: message.replace('a key of `environments`', 'the name of an environment'),
        fix,
        environments: [name],
      }),
    );
  }
  if (!isMap(value) && value !== null) {
    const message = `The environment \`${name}\` must be a map, and here is ${typeName(value)}`;
    problems.push(
      problemAt(source, path, 'value', {
        code: 'type',
        message,
        fix: 'Write its fields below its name, `target: local` first.',
        environments: [name],
      }),
    );
  }
  return problems;
}
