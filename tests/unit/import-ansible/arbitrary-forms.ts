import * as fc from 'fast-check';

/** One line of a form, filled in as people do. */
export interface Field {
  readonly name: string;
  /** What stands behind `name:`, with the lines under it. */
  readonly yaml: string;
  /** Filled items of a list. */
  readonly items?: number;
  /** What a flag says. */
  readonly means?: boolean;
}

export interface Repository {
  readonly files: ReadonlyMap<string, string>;
  readonly environments: readonly {
    name: string;
    variables: readonly Field[];
    profiles: readonly (readonly Field[])[];
  }[];
}

const blanks = ['', ' # still to do', ' ""', ' ~', '\n  - # one', '\n  - # one\n  - '];

/** Whether somebody wrote something there. */
export function isFilled({ yaml, items }: Field): boolean {
  return !blanks.includes(yaml) && items !== 0;
}

function scalar(...values: readonly string[]): fc.Arbitrary<Omit<Field, 'name'>> {
  const quoted = fc.tuple(
    fc.constantFrom(...values),
    fc.constantFrom('', '"', "'"),
    fc.constantFrom('', ' # why not', '  '),
  );
  return quoted.map(([value, quote, tail]) => ({ yaml: ` ${quote}${value}${quote}${tail}` }));
}

const blank = fc.constantFrom(...blanks).map((yaml) => ({ yaml }));
const flag = fc
  .constantFrom<[string, boolean]>(
    ['true', true],
    ['yes', true],
    ['True', true],
    ['"true"', true],
    ['false', false],
    ['no', false],
    ["'no'", false],
  )
  .map(([word, means]) => ({ yaml: ` ${word}`, means }));
const odd = fc
  .constantFrom(
    ' [1, 2]',
    ' { a: b }',
    ' "{{ nowhere }}"',
    ' "{{ x | upper }}"',
    ' !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162',
  )
  .map((yaml) => ({ yaml }));

function list(...values: readonly string[]): fc.Arbitrary<Omit<Field, 'name'>> {
  return fc
    .uniqueArray(fc.constantFrom(...values), { minLength: 1 })
    .chain((items) =>
      fc.constantFrom(
        { yaml: items.map((item) => `\n  - ${item}`).join(''), items: items.length },
        { yaml: `${items.map((item) => `\n- ${item}   # note`).join('')}\n-`, items: items.length },
        { yaml: ` [${items.join(', ')}]`, items: items.length },
      ),
    );
}

function field(name: string, values: fc.Arbitrary<Omit<Field, 'name'>>): fc.Arbitrary<Field | undefined> {
  const any = fc.oneof(
    { weight: 8, arbitrary: values },
    { weight: 2, arbitrary: blank },
    { weight: 1, arbitrary: odd },
  );
  return fc.option(
    any.map((rest) => ({ name, ...rest })),
    { freq: 5, nil: undefined },
  );
}

function fieldsOf(all: readonly fc.Arbitrary<Field | undefined>[]): fc.Arbitrary<Field[]> {
  return fc.tuple(...all).map((found) => found.filter((one) => one !== undefined));
}

const variables = fieldsOf([
  field('host_domain', scalar('training.example.org', 'https://a.example.org/', 'x')),
  field('ip_address', scalar('192.0.2.50', '10.0.0.1', 'soon')),
  field('iris_iam', flag),
  field('client_id', scalar('jupyter', '12345', '0099')),
  field('client_secret', scalar('fake-secret-0123456789', 'fake-secret-#-abc')),
  field('admin_groups', list('hub/admins', 'a b', '42')),
  field('allowed_groups', list('hub/users', 'everyone')),
  field('admin_names', list('alex', 'admin-sam', 'Jo')),
  field('number_of_users', scalar('30', '1', '12.0', 'many')),
  field('username', scalar('trainee', 'Course', 'x-')),
  field('staging_cert', flag),
  field('nfs_ip', scalar('192.0.2.20', 'nfs.example.org')),
  field('contact_email', scalar('hub@example.org')),
  field('hub_version', scalar('4.2.0', '4.4.0', '4.2')),
  field('hub_namespace', scalar('jupyterhub', 'hub')),
  field('hub_deployed_name', scalar('jupyterhub', 'hub')),
  field('hub_repo_url', scalar('https://charts.example.org', 'https://hub.jupyter.org/helm-chart/')),
  field('hub_chart_ref', scalar('jupyterhub/jupyterhub', 'oci://example.org/hub')),
  field('longhorn_version', scalar('v1.9.0')),
  field('hub_cluster_name', scalar('training')),
  field('hub_config_file', scalar('../deploy_jhub/files/config.yaml', 'mine.yaml')),
  field('site_password', scalar('fake-secret-of-the-site')),
  field('some_option', fc.oneof(scalar('1', 'text'), list('a', 'b'))),
]);

const gpuFields = fieldsOf([
  field('number_of_gpus', scalar('1', '2', 'all')),
  field('key', scalar('nvidia.com/gpu')),
  field('operator', scalar('Equal', 'Equals', 'exists')),
  field('value', scalar('present')),
  field('effect', scalar('NoSchedule', 'noschedule')),
  field('driver', scalar('535')),
]);

const profile = fc.tuple(
  fieldsOf([
    field('display_name', scalar('Python', 'Größe', 'GPU 2', '2026', '機械')),
    field('description', scalar('Two cores', '50% more', 'x')),
    field('default', flag),
    field('image', scalar('example.org/a:1', 'example.org/b')),
    field('cpu_limit', scalar('6', '0.5', '500m', '2 cores', 'lots')),
    field('cpu_guarantee', scalar('0.05', '1')),
    field('mem_limit', scalar('25G', '25GB', '25Gi', '25 G', '25g', '1800M', '25')),
    field('mem_guarantee', scalar('1.8G', '512M', 'some')),
    field('use_gpus', flag),
    field(
      'commands',
      list(
        'git clone https://example.org/a.git',
        'echo done',
        'git clone https://me:fake-secret-token@example.org/b.git',
      ),
    ),
    field('scratch', scalar('10G')),
  ]),
  fc.option(gpuFields, { nil: undefined }),
  fc.constantFrom('beside', 'under', 'bare'),
);

function indent(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`);
}

function lines(all: readonly Field[]): string[] {
  return all.map(({ name, yaml }) => `${name}:${yaml}`);
}

function profileText([own, gpu, layout]: [Field[], Field[] | undefined, string], index: number): string {
  const info =
    gpu === undefined
      ? []
      : [`GPU_info:${gpu.length === 0 ? '' : `\n  ${indent(lines(gpu).join('\n'), 2)}`}`];
  const body = [...lines(own), ...info].join('\n');
  const heading = `profile${index + 1}:`;
  if (layout === 'bare' && body !== '') return `\n  - ${indent(body, 4)}`;
  return layout === 'under'
    ? `\n  - ${heading}\n      ${indent(body, 6)}`
    : `\n  - ${heading}\n    ${indent(body, 4)}`;
}

const form = fc.tuple(variables, fc.array(profile, { maxLength: 3 }));

/** Repositories of one to three environments, filled in at random. */
export const arbitraryRepository: fc.Arbitrary<Repository> = fc
  .array(form, { minLength: 1, maxLength: 3 })
  .map((forms) => {
    const named = forms.map(([own, profiles], index) => ({
      name: ['prod', 'training', 'dev'][index] ?? 'x',
      own,
      profiles,
    }));
    return {
      files: new Map(
        named.map(({ name, own, profiles }) => [
          `group_vars/${name}/all.yaml`,
          [
            ...lines(own),
            ...(profiles.length === 0 ? [] : [`profiles:${profiles.map(profileText).join('')}`]),
          ].join('\n'),
        ]),
      ),
      environments: named.map(({ name, own, profiles }) => ({
        name,
        variables: own,
        profiles: profiles.map(([fieldsOfProfile, gpu]) => [...fieldsOfProfile, ...(gpu ?? [])]),
      })),
    };
  });
