import { addNodes, addPlaceholders } from './cluster.ts';
import { addHub } from './hub.ts';
import { minutes, minutesBefore, Samples } from './samples.ts';
import { addServers } from './servers.ts';
import { addStorage } from './storage.ts';

/** A morning at nine. */
export const lessonStart = Date.UTC(2026, 10, 30, 9) / 1000;
const samplesStart = lessonStart - minutesBefore * 60;
export const lessonEnd = samplesStart + minutes * 60;

/**
 * A lesson of thirty people, as the exporters would have shown it: they come within half an hour, two nodes are added
 * for them, three exercises are done. A home fills up, a kernel is killed, a volume loses a copy, and at the end two
 * people wait in vain. Told in the text that promtool makes blocks from.
 */
export function lesson(): string {
  const samples = new Samples(samplesStart);
  addNodes(samples);
  addPlaceholders(samples);
  addServers(samples, samplesStart);
  addHub(samples, samplesStart);
  addStorage(samples);
  return samples.openMetrics();
}
