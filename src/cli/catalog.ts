import { clusterCommands } from './catalog/cluster.ts';
import { fileCommands } from './catalog/file.ts';
import { env, timeout } from './catalog/words.ts';
import type { Command } from './command.ts';

/** A command as data: `--help` and the command line are made from it, and its code is loaded when it runs. */
export interface CommandSpec {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  /** In commander's notation: `<dir>` has to be there, `[env]` may be. */
  readonly args: readonly (readonly [notation: string, description: string])[];
  readonly options: readonly (readonly [flags: string, description: string, repeats?: 'repeats'])[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** It writes the config file, and reads none. */
  readonly writesFile?: true;
  /** The command that shows what it would do. */
  readonly shownBy?: string;
  /** Ended half-way, it goes on when it is run again. */
  readonly continues?: true;
  /** An interruption is how it ends well, and not a fault. */
  readonly untilInterrupted?: true;
  /** Its result is what others wrote: printed as it is. */
  readonly verbatim?: true;
  readonly load: () => Promise<{ readonly run: Command }>;
}

export type Catalog = readonly CommandSpec[];

const repair = [
  '--repair',
  "repair a release that somebody else's Helm has begun to change: only if you know that it is dead",
] as const;

export const catalog: Catalog = [
  {
    name: 'up',
    group: 'Run a hub on this machine',
    summary: 'start the local environment, or bring it up to date',
    args: [env],
    options: [['--no-verify', 'do not log in and run a cell at the end']],
    examples: [['hubwright up', 'the hub.yaml of this folder, or the example where there is none']],
    shownBy: 'plan',
    continues: true,
    load: () => import('./commands/deploy.ts'),
  },
  {
    name: 'down',
    group: 'Run a hub on this machine',
    summary: 'stop what `up` started; homes and passwords stay',
    args: [env],
    options: [['--keep-servers', 'leave people working: only the hub stops']],
    examples: [['hubwright down --keep-servers', 'nobody new can log in, open notebooks stay open']],
    continues: true,
    load: () => import('./commands/down.ts'),
  },
  {
    name: 'plan',
    group: 'Deploy and operate',
    summary: 'show what `deploy` would do, and what it means for people',
    args: [env],
    options: [
      ['--detailed-exitcode', 'exit with 2 when there are changes, and with 1 for every error'],
      ['--out <file>', 'keep the plan, for `deploy --plan`'],
    ],
    examples: [
      ['hubwright plan local', 'changes nothing'],
      ['hubwright plan training --out plan.json', 'for a review; nothing secret is in it'],
    ],
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'deploy',
    group: 'Deploy and operate',
    summary: 'do what the file says',
    args: [['<env>', 'environment of the file']],
    options: [
      ['--no-verify', 'do not log in and run a cell in each profile at the end'],
      ['--plan <file>', 'do what that plan says, or nothing where something has moved since'],
      ['--rollback-on-failure', 'where it fails, take back what it changed, as far as that is safe'],
      repair,
      timeout,
    ],
    examples: [
      ['hubwright deploy local', 'the same as `hubwright up local`'],
      ['hubwright deploy training --plan plan.json', 'exactly what was reviewed'],
      ['hubwright deploy training --rollback-on-failure', 'for a night when nobody watches'],
    ],
    shownBy: 'plan',
    continues: true,
    load: () => import('./commands/deploy.ts'),
  },
  {
    name: 'rollback',
    group: 'Deploy and operate',
    summary: 'take the hub back to an earlier revision, after showing what that changes',
    args: [['<env>', 'environment of the file']],
    options: [
      ['--to <revision>', 'its number (default: the last that was deployed before the current one)'],
      ['--yes', 'do not ask'],
      ['--force-database', 'save the database and go back to a hub that may not be able to read it'],
      ['--restore-database <folder>', "put back the hub's database that was saved there, and go back"],
      ['--no-save', 'with one of these: do not save the database that is there now'],
      repair,
      timeout,
    ],
    examples: [
      ['hubwright rollback training', 'shows the revisions and what changes, and asks'],
      ['hubwright rollback training --to 12 --yes', 'for a script'],
    ],
    continues: true,
    load: () => import('./commands/rollback.ts'),
  },
  {
    name: 'render',
    group: 'Deploy and operate',
    summary: 'write what `deploy` would send to the cluster as files, secrets never in plain',
    args: [['<env>', 'environment of the file']],
    options: [
      ['--out <folder>', 'where to (default: rendered-ENV)'],
      [
        '--encrypt <how>',
        'put secrets in, encrypted: `age:RECIPIENT`, again for each further one, or `sops`, by your .sops.yaml',
        'repeats',
      ],
    ],
    examples: [
      ['hubwright render training --out gitops/training', 'the same input gives the same files'],
      ['hubwright render training --encrypt age:age1…', 'with its secrets, for who has that key'],
    ],
    load: () => import('./commands/render.ts'),
  },
  {
    name: 'destroy',
    group: 'Deploy and operate',
    summary: 'take an environment off its cluster; homes stay unless asked',
    args: [['<env>', 'environment of the file']],
    options: [
      ['--with-homes', "delete people's homes and the hub's database too"],
      ['--no-save', "do not save the hub's database first; the certificate is saved all the same"],
      ['--with-cluster-systems', 'take down what the cluster shares, if nobody else uses it'],
      ['--yes-destroy <name>', 'do not ask: the name of the environment'],
      timeout,
    ],
    examples: [['hubwright destroy training', 'shows what would be lost, and asks']],
    continues: true,
    load: () => import('./commands/destroy.ts'),
  },
  {
    name: 'status',
    group: 'Deploy and operate',
    summary: 'show what runs, who works, and what is wrong',
    args: [env],
    options: [],
    examples: [['hubwright status --json', 'for a script']],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'doctor',
    group: 'Deploy and operate',
    summary: 'look for everything that the runbook knows of, and mend it if asked',
    args: [env],
    options: [
      ['--fix', 'show what would mend it, ask, and do it'],
      ['--only <id...>', 'only these checks'],
      ['--yes', 'with --fix: do not ask'],
    ],
    examples: [
      ['hubwright doctor training', 'what is wrong, what it means, and the command for it'],
      ['hubwright doctor training --fix', 'only what a program may do by itself'],
    ],
    continues: true,
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'verify',
    group: 'Deploy and operate',
    summary: 'log in, start a server and run a cell in each profile, as a person does',
    args: [env],
    options: [['--profile <slug...>', 'only these profiles']],
    examples: [['hubwright verify local --profile standard', 'exit code 1 when any step fails']],
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'logs',
    group: 'Deploy and operate',
    summary: 'show the log of hub, proxy, a person’s server or a part of the cluster',
    args: [
      ['[words...]', '[ENV] hub | proxy | prometheus | user NAME | certificates | longhorn | autoscaler'],
    ],
    options: [
      ['-n, --lines <number>', 'how many lines (default: 100)'],
      ['--follow', 'go on as the log grows'],
    ],
    examples: [
      ['hubwright logs hub', 'the last 100 lines'],
      ['hubwright logs local user trainee-1 --follow', "a person's server"],
    ],
    verbatim: true,
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'dashboards',
    group: 'Deploy and operate',
    summary: 'say where Grafana is and how to log in; forwards a port to it where it has no address',
    args: [env],
    options: [['--open', 'open it in a browser']],
    examples: [['hubwright dashboards training --open', 'until Ctrl-C, where a port is forwarded']],
    untilInterrupted: true,
    load: () => import('./commands/dashboards.ts'),
  },
  {
    name: 'usage',
    group: 'Deploy and operate',
    summary: 'count what people used: hours of servers, CPU, memory and GPUs, and what that costs',
    args: [env],
    options: [
      ['--from <time>', 'a date, a time, or how long ago, such as 12h (default: 7d)'],
      ['--to <time>', 'the same; a date is meant with all its hours (default: now)'],
      ['--by <kind>', 'user, profile or group (default: user)'],
      ['--out <folder>', 'also write usage.csv and a picture, usage.svg, there'],
    ],
    examples: [
      ['hubwright usage training --from 2026-11-23 --to 2026-11-27', 'what the week was'],
      ['hubwright usage training --from 30d --by group --out usage', 'for a report'],
    ],
    load: () => import('./commands/usage.ts'),
  },
  ...clusterCommands,
  {
    name: 'users',
    group: 'Deploy and operate',
    summary: 'list, add, remove and reset people, and print their cards',
    args: [['[words...]', '[ENV] list | add NAME… | remove NAME… | reset NAME… | handout']],
    options: [
      ['--admin', 'with add: an administrator'],
      ['--with-home', 'with remove: delete the home too'],
      ['--out <folder>', 'with handout: where to (default: handout-ENV)'],
    ],
    examples: [
      ['hubwright users local handout', 'a CSV file and a page of cards to print'],
      ['hubwright users local reset trainee-7', 'a new password'],
    ],
    load: () => import('./commands/users.ts'),
  },
  ...fileCommands,
];
