import type { Disagreement, Place } from '../../plan/kubernetes/addresses/disagreements.ts';
import type { AddressesReport, ReportedWay } from '../../plan/kubernetes/addresses/report.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { widthOf, wrap } from './wrap.ts';

/** A line for each way in, from the Service to DNS; below it what disagrees, and what was not looked at. */
export function renderAddresses(environment: string, { ways, notSeen }: AddressesReport, io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const found = ways.flatMap(({ disagreements }) => disagreements);
  return [
    `${colours.bold(`Ways into ${environment}`)}\n`,
    table([['', 'SERVICE', 'LOAD BALANCER', 'VIP', 'FLOATING IP', 'DNS'], ...ways.map(row)]),
    ...found.map(
      ({ what, fix }) =>
        `${wrap(`${colours.red('✖')} ${what}`, width, 2)}\n${wrap(`  ${colours.green('fix')} ${fix}`, width, 6)}\n`,
    ),
    ...notSeen.map(({ why }) => `${wrap(`${colours.yellow('!')} ${why}`, width, 2)}\n`),
    found.length === 0 && notSeen.length === 0 ? `${colours.green('✔')} Everything agrees.\n` : '',
  ].join('');
}

function row(way: ReportedWay): string[] {
  const { name, service, shows, balancer, vip, floatingIp } = way;
  const marked = (at: Place, text: string): string =>
    way.disagreements.some((one: Disagreement) => one.at === at) ? `✖ ${text}` : text;
  return [
    name,
    marked('service', `${service}${shows.length === 0 ? '' : ` (${shows.join(', ')})`}`),
    marked('balancer', balancer === undefined ? '–' : `${balancer.id} ${balancer.status}`),
    vip?.address ?? '–',
    marked('floatingIp', floatingIp ?? '–'),
    marked('dns', dnsText(way)),
  ];
}

/** What the resolvers say, once where they say the same. */
function dnsText({ domain, dns }: ReportedWay): string {
  if (domain === undefined) return '–';
  const texts = dns.map((answer) => ({ resolver: answer.resolver, text: recordsText(answer) }));
  const [first] = texts;
  if (first === undefined) return domain;
  if (texts.every(({ text }) => text === first.text)) return `${domain} → ${first.text}`;
  return `${domain} → ${texts.map(({ resolver, text }) => `${text} (${resolver})`).join(', ')}`;
}

function recordsText({ a, aaaa, failures }: ReportedWay['dns'][number]): string {
  if (failures.some((failure) => failure.startsWith('A:'))) return '?';
  return [...a, ...aaaa].join(', ') || 'nothing';
}
