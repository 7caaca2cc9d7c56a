import type { Capacity, Seating, Warm } from '../../plan/kubernetes/nodes/capacity.ts';
import type { NodeKind } from '../../plan/kubernetes/nodes/kinds.ts';
import { fewNames } from '../../plan/names.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { count } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

const origins: Readonly<Record<NodeKind['from'], string>> = {
  cluster: 'a node of the cluster',
  cloud: 'the cloud’s flavour',
  file: 'the file',
};

/** Seats as a table, with what has to be known to read it. */
export function renderCapacity(capacity: Capacity, environment: string, io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const { kinds, people, placeholders, notes } = capacity;
  const about = people === undefined ? '' : ` for ${count(people, 'person', 'people')}`;
  return [
    `${colours.bold(`Capacity of ${environment}`)}${about}, each profile as if it were alone\n`,
    kinds.length === 0 ? '' : `${kindsTable(kinds)}\n${seatsTable(capacity)}`,
    // That one fits nowhere is a note, with what it means.
    ...placeholders.map((warm) => (warm.fitsOn.length === 0 ? '' : `${warmText(warm)}\n`)),
    ...notes.map((text) => `${wrap(`${colours.dim('·')} ${text}`, width, 2)}\n`),
  ].join('');
}

/** `2 placeholders of large: fit on workers` */
export function warmText({ profile, count: seats, fitsOn }: Warm): string {
  const where = fitsOn.length === 0 ? 'fit on no node' : `fit on ${fewNames(fitsOn)}`;
  return `${count(seats, 'placeholder')} of ${profile}: ${where}`;
}

function kindsTable(kinds: readonly NodeKind[]): string {
  const rows = kinds.map(({ group, flavor, room, gpus, from }) => [
    group ?? '–',
    flavor,
    `${(room.cpu / 1000).toFixed(1)} cores`,
    // To be divided by what a seat takes.
    `${(room.memory / 1024 ** 3).toFixed(1)} GB`,
    String(gpus),
    origins[from],
  ]);
  return table([['GROUP', 'FLAVOUR', 'FOR PEOPLE', 'MEMORY', 'GPUS', 'KNOWN FROM'], ...rows]);
}

function seatsTable({ seatings, people, kinds }: Capacity): string {
  const asked = people === undefined ? [] : [`NODES FOR ${people}`];
  const heading = ['PROFILE', 'GROUP', 'SEATS A NODE', ...asked, 'AT MOST', 'UNUSED WHEN FULL'];
  const rows = seatings.map((one) => [
    one.profile,
    one.group ?? one.flavor,
    String(one.seats),
    ...(people === undefined ? [] : [nodesText(one, kinds)]),
    one.most === undefined ? '–' : String(one.most),
    one.seats === 0 ? (one.why ?? '') : unusedText(one),
  ]);
  return table([heading, ...rows]);
}

/** `3`, or `12 (at most 10)` where the group may not grow so far. */
function nodesText({ nodes, group }: Seating, kinds: readonly NodeKind[]): string {
  if (nodes === undefined) return '–';
  const max = kinds.find((kind) => kind.group === group)?.bounds?.max;
  return max !== undefined && nodes > max ? `${nodes} (may be ${max})` : String(nodes);
}

function unusedText({ unused: { cpu, memory } }: Seating): string {
  return `${percent(cpu)} of CPU, ${percent(memory)} of memory`;
}

export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
