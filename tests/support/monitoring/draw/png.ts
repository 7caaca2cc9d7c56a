import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const transparent = 6;
const indexed = 3;

/**
 * The picture in its 256 most frequent colours, the others being the nearest of them. Of a page of text and lines nobody
 * sees that, and it takes a third of the room.
 */
export function fewColors(png: Buffer): Buffer {
  const { width, height, bytes, pixels } = decode(png);
  const counts = new Map<number, number>();
  const at = (index: number): number =>
    ((pixels[index * bytes] ?? 0) << 16) |
    ((pixels[index * bytes + 1] ?? 0) << 8) |
    (pixels[index * bytes + 2] ?? 0);
  for (let index = 0; index < width * height; index += 1)
    counts.set(at(index), (counts.get(at(index)) ?? 0) + 1);
  const palette = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 256)
    .map(([color]) => color);
  const nearest = new Map([...counts.keys()].map((color) => [color, nearestOf(color, palette)]));
  // Each line begins with how it is filtered: not at all.
  const lines = Buffer.alloc(height * (width + 1));
  for (let index = 0; index < width * height; index += 1) {
    lines[Math.floor(index / width) * (width + 1) + 1 + (index % width)] = nearest.get(at(index)) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, indexed, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  const parts = [
    chunk('IHDR', header),
    chunk('PLTE', colors),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

function nearestOf(color: number, palette: readonly number[]): number {
  let best = 0;
  let least = Infinity;
  palette.forEach((other, index) => {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((color >> shift) & 255) - ((other >> shift) & 255)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** Of a pixel. */
  readonly bytes: number;
  readonly pixels: Uint8Array;
}

/** Of eight bits a colour and not interlaced, as Chromium writes it. */
function decode(png: Buffer): Decoded {
  const data: Buffer[] = [];
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const bytes = png[25] === transparent ? 4 : 3;
  return { width, height, bytes, pixels: unfiltered(inflateSync(Buffer.concat(data)), width * bytes, bytes) };
}

function unfiltered(lines: Buffer, stride: number, bytes: number): Uint8Array {
  const height = lines.length / (stride + 1);
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const left = x < bytes ? 0 : (pixels[y * stride + x - bytes] ?? 0);
      const above = y === 0 ? 0 : (pixels[(y - 1) * stride + x] ?? 0);
      const corner = x < bytes || y === 0 ? 0 : (pixels[(y - 1) * stride + x - bytes] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      pixels[y * stride + x] = (lines[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return pixels;
}

/** Whichever of the three is nearest to what they say together. */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
