import type { Dashboard, Panel } from '../grafana.ts';
import { substitute } from '../grafana.ts';
import type { Answer, Prometheus } from '../prometheus.ts';
import { escaped } from './html.ts';
import type { Time } from './lines.ts';
import { drawLines } from './lines.ts';
import { drawGauges, drawNumbers, drawTable } from './values.ts';

/** Of a page, and of a row of Grafana's grid with the gap beneath it, in pixels. */
export const pageWidth = 1320;
const rowHeight = 34;
const gap = 6;
const head = 26;

const style = `
  * { box-sizing: border-box; margin: 0 }
  body { width: ${pageWidth}px; padding: 10px; background: #f4f5f5; color: #24292e; font: 12px/1.4 sans-serif }
  h1 { font-size: 17px; margin-bottom: 6px } h1 small { font-weight: normal; color: #6b7280; font-size: 12px; margin-left: 8px }
  main { position: relative } section, h2 { position: absolute; overflow: hidden }
  h2 { font-size: 13px; padding: 8px 2px 0 }
  section { background: #fff; border: 1px solid #e4e7eb; border-radius: 3px; padding: 0 8px }
  h3 { font-size: 12px; line-height: ${head}px; font-weight: 600; white-space: nowrap }
  svg { display: block } svg text { font: 10px sans-serif; fill: #6b7280 }
  .legend { font-size: 11px; line-height: 16px; height: 33px; overflow: hidden }
  .legend span { margin-right: 8px; display: inline-block } .legend i { display: inline-block; width: 12px; height: 3px; margin-right: 4px; vertical-align: middle }
  .numbers { display: flex; gap: 18px; justify-content: space-around; text-align: center; height: calc(100% - ${head}px); align-items: center }
  .numbers b { display: block; font-size: 22px; line-height: 1.2; white-space: nowrap } small { color: #6b7280; font-size: 11px; white-space: nowrap }
  .numbers div { min-width: 0 } .numbers small { display: block; overflow: hidden; text-overflow: ellipsis }
  .gauges { display: grid; gap: 8px; padding-top: 6px } .gauges div { display: grid; grid-template-columns: 70px 1fr 40px; gap: 8px; align-items: center }
  .gauges span, .bar span { background: #eef0f2; height: 16px; display: block } .gauges i, .bar i { display: block; height: 100% }
  .gauges b { font-size: 16px }
  table { width: 100%; border-collapse: collapse; white-space: nowrap } td, th { text-align: left; padding: 0 8px 0 0; height: 21px; border-bottom: 1px solid #eef0f2 }
  th { color: #1f60c4; font-weight: 600 } .number { font-variant-numeric: tabular-nums }
  .bar span { display: inline-block; width: 74px; height: 10px; margin-right: 6px }
`;

/** A dashboard as a page, about as Grafana would show it, of what a real Prometheus answers. */
export async function drawDashboard(
  dashboard: Dashboard,
  prometheus: Prometheus,
  span: Omit<Time, 'step'>,
): Promise<string> {
  const cell = (pageWidth - 20) / 24;
  const parts: string[] = [];
  for (const panel of dashboard.panels) {
    const { x, y, w, h } = panel.gridPos;
    const size = { width: w * cell - gap, height: h * rowHeight - gap };
    const place = `left:${x * cell}px;top:${y * rowHeight}px;width:${size.width}px;height:${size.height}px`;
    if (panel.type === 'row') parts.push(`<h2 style="${place}">${escaped(panel.title)}</h2>`);
    else {
      const inner = { width: size.width - 18, height: size.height - head - 2 };
      parts.push(
        `<section style="${place}"><h3>${escaped(panel.title)}</h3>${await draw(panel, prometheus, span, inner)}</section>`,
      );
    }
  }
  const height = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h)) * rowHeight;
  const title = `<h1>${escaped(dashboard.title)}<small>of a made-up lesson</small></h1>`;
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>${title}<main style="height:${height}px">${parts.join('')}</main>`;
}

async function draw(
  panel: Panel,
  prometheus: Prometheus,
  span: Omit<Time, 'step'>,
  size: { width: number; height: number },
): Promise<string> {
  const step = panel.interval === '5m' ? 300 : 60;
  const answers: (readonly Answer[])[] = [];
  for (const { expr, instant } of panel.targets ?? []) {
    const query = substitute(expr);
    answers.push(instant ? await prometheus.at(query, span.end) : await prometheus.over(query, span, step));
  }
  switch (panel.type) {
    case 'timeseries':
      return drawLines(panel, answers, { ...span, step }, size);
    case 'stat':
      return drawNumbers(panel, answers);
    case 'bargauge':
      return drawGauges(panel, answers);
    default:
      return drawTable(panel, answers, size.height);
  }
}
