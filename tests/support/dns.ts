import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Addresses by name. */
export type Zone = Record<string, { readonly a?: readonly string[]; readonly aaaa?: readonly string[] }>;

export interface DnsServer {
  /** As `address.resolvers` has it. */
  readonly address: string;
  /** May be changed at any time. */
  readonly zone: Zone;
  stop(): Promise<void>;
}

const types = { 1: 'a', 28: 'aaaa' } as const;

/** A DNS server on loopback that knows these names, and of any other that there is nothing. */
export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => socket.send(answer(question, zone), from.port, from.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, zone, stop: () => stop(socket) };
}

async function stop(socket: Socket): Promise<void> {
  socket.close();
  await once(socket, 'close');
}

/** RFC 1035, 4.1: header, the question again, and a record for each address. */
function answer(question: Buffer, zone: Zone): Buffer {
  const { name, end } = nameIn(question);
  const type = types[question.readUInt16BE(end) as keyof typeof types];
  const records = (type === undefined ? undefined : zone[name.toLowerCase()]?.[type]) ?? [];
  const header = Buffer.from(question.subarray(0, 12));
  // An answer, with recursion, without error.
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  const answers = records.map((address) => {
    const data = Buffer.from(type === 'a' ? address.split('.').map(Number) : groups(address));
    const record = Buffer.alloc(12);
    // The name is that of the question.
    record.writeUInt16BE(0xc00c, 0);
    question.copy(record, 2, end, end + 4);
    record.writeUInt32BE(1, 6);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, question.subarray(12, end + 4), ...answers]);
}

function nameIn(question: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

/** Of an IPv6 address that is written in full, or with `::` once. */
function groups(address: string): number[] {
  const [before = '', after = ''] = address.split('::');
  const parts = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [parts(before), parts(after)];
  const all = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}
