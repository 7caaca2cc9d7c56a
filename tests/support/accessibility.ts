import type { Page } from 'playwright-core';

/** What the Tab key visits, by the names that a screen reader says; the first is what has the focus already. */
export async function focusOrder(page: Page, steps: number): Promise<string[]> {
  const order = [await focused(page)];
  for (let step = 1; step < steps; step++) {
    await page.keyboard.press('Tab');
    order.push(await focused(page));
  }
  return order;
}

/** Role and name of what has the focus, as in `button "Start"`. */
async function focused(page: Page): Promise<string> {
  const element = page.locator(':focus');
  if ((await element.count()) === 0) return '';
  return /^- (\w+ "[^"]*")/.exec(await element.ariaSnapshot())?.[1] ?? '';
}

/** Texts whose contrast is below what WCAG 2 asks for (level AA): 4.5, or 3 for large letters. */
export function poorContrasts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(script);
}

/** Runs in the page, whose types the tests do not have: hence as text. */
const script = `(() => {
  const channels = (color) => {
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const over = (front, back) => front.rgb.map((value, i) => value * front.a + back[i] * (1 - front.a));
  const background = (element) => {
    if (!element) return [255, 255, 255];
    const own = channels(getComputedStyle(element).backgroundColor);
    return own.a === 1 ? own.rgb : over(own, background(element.parentElement));
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const textOf = (element) =>
    element.tagName === 'INPUT' && element.type === 'submit'
      ? element.value
      : [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
  return [...document.body.querySelectorAll('*')]
    .filter((element) => textOf(element) !== '' && element.checkVisibility({ visibilityProperty: true }))
    .flatMap((element) => {
      const style = getComputedStyle(element);
      const back = background(element);
      const [light, dark] = [luminance(back), luminance(over(channels(style.color), back))].toSorted((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      return ratio >= (isLarge ? 3 : 4.5) ? [] : [textOf(element) + ': ' + ratio.toFixed(2)];
    });
})()`;
