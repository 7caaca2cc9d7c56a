import type { Capacity, Seating } from '../../plan/kubernetes/nodes/capacity.ts';
import { percent, warmText } from './capacity.ts';
import { type Subject, colour, margin, shortened, svg, text } from './svg.ts';
import { count } from './words.ts';

const nameWidth = 210;
const barWidth = 360;
const barHeight = 12;
const rowHeight = 52;
/** A placeholder's, below all rows. */
const lineHeight = 20;
/** Where the first row begins: below title and legend. */
const top = 84;
/** More seats than this on a node are one bar: their borders would be all there is to see. */
const mostBlocks = 60;

/** A node for each profile and group, full of servers: two bars, of its CPU and its memory, a block for each server. */
export function capacityPicture(capacity: Capacity, { deployment, environment }: Subject): string {
  const { seatings, placeholders } = capacity;
  const below = top + seatings.length * rowHeight;
  const width = 2 * margin + nameWidth + barWidth + 90;
  const height = below + placeholders.length * lineHeight + margin;
  const title = `${deployment}, ${environment}: seats a node`;
  const about = 'One node, full: a block for each server, and what is left';
  return svg({ width, height, title, about }, [
    ...seatings.map((one, index) => row(one, capacity.people, top + index * rowHeight)),
    ...placeholders.map((warm, index) =>
      text(margin, below + 12 + index * lineHeight, warmText(warm), {
        fill: warm.fitsOn.length === 0 ? colour.wrong : colour.faint,
      }),
    ),
    '',
  ]);
}

function row(one: Seating, people: number | undefined, y: number): string {
  const name = text(margin, y + 12, shortened(`${one.profile} on ${one.group ?? one.flavor}`), {
    weight: 600,
  });
  const about = text(margin, y + 28, wordsOf(one, people), { fill: colour.faint });
  const bars = one.seats === 0 ? '' : bar(one, 'CPU', y) + bar(one, 'memory', y + barHeight + 6);
  return name + about + bars;
}

function wordsOf({ seats, why = '', nodes }: Seating, people: number | undefined): string {
  if (seats === 0) return `no seat: ${why}`;
  const asked = nodes === undefined || people === undefined ? '' : `, ${count(nodes, 'node')} for ${people}`;
  return `${count(seats, 'seat')}${asked}`;
}

function bar({ seats, unused }: Seating, of: 'CPU' | 'memory', y: number): string {
  const free = of === 'CPU' ? unused.cpu : unused.memory;
  const x = margin + nameWidth;
  const taken = (1 - free) * barWidth;
  const blocks = Math.min(seats, mostBlocks);
  const gap = seats > mostBlocks ? 0 : Math.min(1, taken / blocks / 2);
  const block = (index: number): string =>
    `<rect x="${(x + (index * taken) / blocks).toFixed(1)}" y="${y}" width="${(taken / blocks - gap).toFixed(1)}" height="${barHeight}" fill="${colour.bar}"/>`;
  return [
    `<rect x="${x}" y="${y}" width="${barWidth}" height="${barHeight}" fill="${colour.line}"/>`,
    ...Array.from({ length: blocks }, (_, index) => block(index)),
    text(x + barWidth + 6, y + 10, `${of} ${percent(1 - free)}`),
  ].join('');
}
