import type { Environment } from '../../config/schema/environment.ts';
import { oidcProvider } from '../../platform/oidc.ts';
import type { Card } from '../../operate/users.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { count, seconds } from './words.ts';

interface Welcome {
  readonly environment: Environment;
  /** undefined: only the load balancer knows it. */
  readonly url: string | undefined;
  readonly people: readonly Card[];
  readonly changed: boolean;
  readonly seconds: number;
  /** What further commands need behind them to mean the same file. */
  readonly sameAgain: string;
}

/** The last thing that `up` prints: where to go and how to log in. */
export function renderWelcome(welcome: Welcome, io: Io): string {
  const colours = paint(io, 'stdout');
  const { environment, url, sameAgain } = welcome;
  const state = welcome.changed
    ? `Ready in ${seconds(welcome.seconds)}.`
    : 'Nothing has changed: it was ready.';
  const rows: [string, string][] = [
    ['Open', url === undefined ? 'the address of the Service proxy-public' : colours.bold(url)],
    ['Log in', logIn(welcome, io)],
    ...callback(welcome),
    environment.target === 'local'
      ? ['Stop', `hubwright down ${environment.name}${sameAgain}`]
      : ['Look', `hubwright status ${environment.name}${sameAgain}`],
  ];
  return `\n${colours.green('✔')} ${state}\n\n${rows.map(([label, text]) => `  ${label.padEnd(7)} ${text}\n`).join('')}`;
}

/** The provider refuses to send people anywhere else: it has to know the address, port and all. */
function callback({ environment, url }: Welcome): [string, string][] {
  if (!environment.auth.oidc) return [];
  return [['', `the provider has to know the redirect address ${url}hub/oauth_callback`]];
}

function logIn({ environment, people, sameAgain }: Welcome, io: Io): string {
  if (environment.auth.oidc)
    return `with your account at ${oidcProvider(environment.auth.oidc).loginService}`;
  const handout = `hubwright users ${environment.name} handout${sameAgain}`;
  const first =
    people.find(({ admin, password }) => !admin && password !== undefined) ??
    people.find(({ password }) => password !== undefined);
  // A pipe may end in a log, and a password has no business there. Nor has a cluster's on a shared screen.
  if (!io.terminal.stdout || environment.target === 'kubernetes' || first?.password === undefined)
    return `passwords of ${count(people.length, 'person', 'people')}: ${handout}`;
  const others = people.length === 1 ? '' : `   (all ${people.length}: ${handout})`;
  return `${first.name}  ${first.password}${others}`;
}
