import { describe, expect, test } from 'vitest';
import { valuesFindings } from '../../../src/config/chart-values/findings.ts';
import { readViolations } from '../../../src/config/chart-values/violations.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { placeFindings } from '../../../src/config/place-findings.ts';

/** As Helm 3.22 prints it; Helm 4.3 does so in another order. */
const output = `coalesce.go:316: warning: cannot overwrite table with non table for jupyterhub.hub.config (map[])
Error: values don't meet the specifications of the schema(s) in the following chart(s):
jupyterhub:
- at '/hub': validation failed
  - at '/hub/config': got array, want object
  - at '/hub/db': additional properties 'typ', 'it\\'s' not allowed
  - at '/hub/port': 'oneOf' failed, none matched
    - at '/hub/port': got object, want integer
    - at '/hub/port': got object, want string
  - at '/hub/a~1b~0c': got number, want string
- at '': missing property 'proxy'
grafana:
- at '/replicas': got string, want integer

`;

describe('violations of a chart’s schema, from what Helm prints', () => {
  test('each with its path, and only the lines that say something', () => {
    expect(readViolations(output)).toEqual([
      { chart: 'jupyterhub', path: ['hub', 'config'], unknownKey: false, message: 'got array, want object' },
      {
        chart: 'jupyterhub',
        path: ['hub', 'db', 'typ'],
        unknownKey: true,
        message: 'the chart knows no `typ` here',
      },
      {
        chart: 'jupyterhub',
        path: ['hub', 'db', "it's"],
        unknownKey: true,
        message: "the chart knows no `it's` here",
      },
      { chart: 'jupyterhub', path: ['hub', 'port'], unknownKey: false, message: 'got object, want integer' },
      { chart: 'jupyterhub', path: ['hub', 'port'], unknownKey: false, message: 'got object, want string' },
      { chart: 'jupyterhub', path: ['hub', 'a/b~c'], unknownKey: false, message: 'got number, want string' },
      { chart: 'jupyterhub', path: [], unknownKey: false, message: "missing property 'proxy'" },
      { chart: 'grafana', path: ['replicas'], unknownKey: false, message: 'got string, want integer' },
    ]);
  });

  test('other output has none', () => {
    expect(readViolations("Error: UPGRADE FAILED: - at '/hub': no")).toEqual([]);
  });
});

const file = `name: course
defaults:
  helmValues:
    jupyterhub:
      hub:
        db: { typ: sqlite }
environments:
  training:
    target: kubernetes
    kubernetes: { context: training }
    auth: { accounts: { admins: [alex] } }
    profiles: { a: { displayName: A, default: true, image: 'x/y:1' } }
    helmValues:
      jupyterhub:
        singleuser:
          profileList:
            - display_name: Python
            - { display_name: 3 }
`;

function shown(text: string): string[] {
  const input = { file: 'hub.yaml', text: file };
  const { environments, problems } = loadConfig(input);
  const environment = environments.get('training');
  if (!environment) throw new Error(problems.map(({ message }) => message).join('\n'));
  return placeFindings(input, 'training', valuesFindings(readViolations(text), environment)).map(
    ({ place, message, fix }) => `${place.line}:${place.column} ${message} | ${fix}`,
  );
}

const refused = (lines: string): string =>
  `Error: values don't meet the specifications of the schema(s) in the following chart(s):\njupyterhub:\n${lines}`;

describe('their places in the config file', () => {
  test('a key that the chart does not know, written in `defaults`', () => {
    expect(shown(refused("- at '/hub/db': additional properties 'typ' not allowed\n"))).toEqual([
      '6:15 JupyterHub chart, `hub.db.typ`: the chart knows no `typ` here | Correct the name, or remove it: `helm show values` of the chart lists what there is.',
    ]);
  });

  test('an item of a list', () => {
    expect(
      shown(refused("- at '/singleuser/profileList/1/display_name': got number, want string\n")),
    ).toEqual([
      '18:31 JupyterHub chart, `singleuser.profileList.1.display_name`: got number, want string | Write what the chart expects there.',
    ]);
  });

  test('branches of a choice are one problem', () => {
    const [problem, ...rest] = shown(
      refused(
        "- at '/hub/db/typ': 'oneOf' failed, none matched\n  - at '/hub/db/typ': got string, want integer\n  - at '/hub/db/typ': got string, want object\n",
      ),
    );
    expect(rest).toEqual([]);
    expect(problem).toContain('got string, want integer, or got string, want object');
  });

  test('a value that the file does not have is ours', () => {
    const [problem] = shown(refused("- at '/prePuller/hook': got string, want object\n"));
    expect(problem).toContain("This value is Hubwright's own");
  });
});
