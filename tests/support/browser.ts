import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { repo } from './hubwright.ts';
import { onPath } from './on-path.ts';

/** Debian's chromium, or another that HUBWRIGHT_CHROMIUM names; undefined: there is none. */
export const chromiumPath: string | undefined = process.env['HUBWRIGHT_CHROMIUM'] || onPath('chromium');

const args = [
  // Chromium's own sandbox does not work for root and in containers.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever a page would load from elsewhere fails: our pages must not need it.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export const viewport = { width: 1280, height: 800 };

export function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no chromium');
  return chromium.launch({ executablePath: chromiumPath, args });
}

/** A person's own browser: nobody else's cookies are in it. */
export async function newPerson(browser: Browser): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  context.setDefaultTimeout(30_000);
  return context.newPage();
}

/** Keeps what the page looks like in test-results/browser/NAME.png. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(repo, 'test-results', 'browser', `${name}.png`) });
}
