import { cpus } from 'node:os';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkMany } from './check-many.ts';
import { cluster } from './cluster.ts';
import { commandLine } from './command-line.ts';
import { firstNotebook } from './first-notebook.ts';
import { planMany } from './plan-many.ts';
import type { Figure, Row } from './measure.ts';

/** `npm run bench`: measures everything and writes docs/benchmarks.md. On a machine that does nothing else. */
const rows = [
  ...(await commandLine()),
  ...(await checkMany()),
  ...(await planMany()),
  ...(await cluster()),
  ...(await firstNotebook()),
];
const text = page(rows);
await writeFile(fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url)), text);
process.stdout.write(text);

function page(all: readonly Row[]): string {
  const lines = all.map(({ what, rival, pair, goal }) => {
    const cells = [what, seconds(pair.ours), rival, seconds(pair.rival), ratio(pair.ratio), goal];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, Node ${process.versions.node}, Linux. Each figure is the median, in brackets
the smallest and the largest of several runs; a ratio is taken run by run against the rival beside it in the same run.

| What | Hubwright | Rival | Rival's time | Ratio | Goal |
|---|---|---|---|---|---|
${lines.join('\n')}

- \`bench/by-hand.sh\` is what the rival types: the same locked Python packages with the same installer, the same proxy, an
  authenticator and a spawner of JupyterHub's own. It has no profiles, accounts, limits, materials or checks, and uses the
  Node that the machine has; Hubwright brings the one it is pinned to, about 50 MB.
- The cluster is a real API server with its controllers, on this machine; nodes and pods are KWOK's, and the charts are
  the miniatures of \`tests/charts/mini\`. A longest path is what the steps took one after the other, the fastest way there is.
- \`check\` misses its goal: most of it is loading the library that checks what is read (zod), not the work.
- Packages come over the network with empty caches in the cold runs, so that these vary with the registries.
`;
}

function seconds({ median, minimum, maximum }: Figure): string {
  const digits = median < 1 ? 3 : 1;
  return `${median.toFixed(digits)} s (${minimum.toFixed(digits)}–${maximum.toFixed(digits)})`;
}

function ratio({ median, minimum, maximum }: Figure): string {
  return `${median.toFixed(2)} (${minimum.toFixed(2)}–${maximum.toFixed(2)})`;
}
