import type { DashboardDoor } from '../../operate/target.ts';
import type { Command, CommandContext } from '../command.ts';
import { openToLook } from '../open-target.ts';
import { paint } from '../render/paint.ts';

/** `dashboards [ENV]`: where Grafana is and how to log in; with a forwarded port, until it is interrupted. */
export const run: Command = async ([name], context) => {
  const { io, options, adapters, reporter } = context;
  const { target } = await openToLook(name, context);
  const door = await target.dashboards();
  await reporter.close();
  io.stdout.write(options.json ? asEvent(door) : asText(door, context));
  if (options['open'] === true) await (await adapters.openBrowser())(door.url);
  if (door.forwarded) await io.interrupted;
  return 0;
};

/** Without the password: machines have the Secret. */
function asEvent({ url, forwarded, logIn }: DashboardDoor): string {
  const who = 'service' in logIn ? { service: logIn.service } : { user: logIn.name };
  return `${JSON.stringify({ type: 'dashboards', url, forwarded, ...who })}\n`;
}

function asText({ url, forwarded, logIn }: DashboardDoor, { io }: CommandContext): string {
  const rows = [
    ['Open', paint(io, 'stdout').bold(url)],
    ['Log in', 'service' in logIn ? `with your account at ${logIn.service}` : passwordText(logIn, io)],
    ...(forwarded ? [['Stop', 'Ctrl-C']] : []),
  ];
  return rows.map(([label = '', text = '']) => `  ${label.padEnd(7)} ${text}\n`).join('');
}

/** A pipe may end in a log, and a password has no business there. */
function passwordText(
  { name, password }: { readonly name: string; readonly password: string },
  { terminal }: CommandContext['io'],
): string {
  return terminal.stdout
    ? `${name}  ${password}`
    : `${name}, with the password in the Secret hubwright-grafana (key admin-password)`;
}
