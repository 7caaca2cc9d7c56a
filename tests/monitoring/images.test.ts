import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser } from '../support/browser.ts';
import { repo } from '../support/hubwright.ts';
import { drawDashboard, pageWidth } from '../support/monitoring/draw/page.ts';
import { fewColors } from '../support/monitoring/draw/png.ts';
import { readDashboards } from '../support/monitoring/grafana.ts';
import { lesson, lessonEnd, lessonStart } from '../support/monitoring/lesson/index.ts';
import { Prometheus } from '../support/monitoring/prometheus.ts';
import { noPrometheus } from '../support/monitoring/promtool.ts';
import { course, recordingRulesOf } from '../support/monitoring/recorded.ts';

const span = { start: lessonStart, end: lessonEnd };
const notAsked = 'made anew only by `UPDATE_IMAGES=1 npm run test:all -- tests/monitoring/images.test.ts`';
const reason =
  process.env['UPDATE_IMAGES'] === '1'
    ? (noPrometheus ?? (chromiumPath === undefined ? 'no chromium' : undefined))
    : notAsked;

describe('the pictures of the dashboards', () => {
  let prometheus: Prometheus;
  let browser: Browser;

  beforeAll(async () => {
    if (reason !== undefined) return;
    prometheus = await Prometheus.over(lesson(), recordingRulesOf(course), span);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await prometheus?.close();
  });
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });

  test.each(readDashboards())('%s, in less than 150 KB', async (name, dashboard) => {
    const page = await browser.newPage({ viewport: { width: pageWidth, height: 600 } });
    await page.setContent(await drawDashboard(dashboard, prometheus, span));
    const path = join(repo, 'docs', 'images', `dashboard-${name}.png`);
    await mkdir(join(repo, 'docs', 'images'), { recursive: true });
    const picture = fewColors(await page.screenshot({ fullPage: true }));
    await page.close();
    await writeFile(path, picture);
    expect(picture.length).toBeLessThan(150_000);
  });
});
