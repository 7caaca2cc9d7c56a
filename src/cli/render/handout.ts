import type { Card } from '../../operate/users.ts';
import { csv } from './csv.ts';
import { escaped } from './markup.ts';

const chosen = '(chosen by the person)';

/** With a header. */
export function cardsCsv(url: string, cards: readonly Card[]): string {
  const rows = cards.map(({ name, admin, password }) => [
    name,
    password ?? '',
    admin ? 'admin' : 'user',
    url,
  ]);
  return csv([['name', 'password', 'role', 'url'], ...rows]);
}

interface Page {
  readonly title: string;
  readonly url: string;
  readonly contact: string | undefined;
  readonly cards: readonly Card[];
}

/** A page of cards to print and cut, one a person; eight on a sheet of A4. Loads nothing from anywhere. */
export function cardsPage({ title, url, contact, cards }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}: ${cards.length} cards</title>
<style>
  @page { size: A4; margin: 10mm; }
  * { box-sizing: border-box; }
  body { margin: 0; font: 14px/1.4 system-ui, sans-serif; color: #111; background: #fff; }
  main { display: grid; grid-template-columns: 1fr 1fr; max-width: 190mm; margin: 0 auto; }
  article { height: 68mm; padding: 7mm; border: 1px dashed #999; break-inside: avoid; display: flex; flex-direction: column; }
  h2 { margin: 0 0 4mm; font-size: 13px; font-weight: 600; color: #555; }
  dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 2mm 4mm; align-items: baseline; }
  dt { color: #555; }
  dd { margin: 0; font: 600 17px/1.3 ui-monospace, monospace; overflow-wrap: anywhere; }
  dd.url { font-size: 14px; }
  dd.chosen { font: inherit; color: #555; }
  footer { margin-top: auto; font-size: 12px; color: #555; }
</style>
</head>
<body>
<main>
${cards.map((card) => cardArticle(card, { title, url, contact })).join('\n')}
</main>
</body>
</html>
`;
}

function cardArticle({ name, password }: Card, { title, url, contact }: Omit<Page, 'cards'>): string {
  const secret =
    password === undefined ? `<dd class="chosen">${chosen}</dd>` : `<dd>${escaped(password)}</dd>`;
  const help =
    contact === undefined
      ? 'You can choose another password after logging in.'
      : `You can choose another password after logging in. Help: ${escaped(contact)}`;
  return `<article>
<h2>${escaped(title)}</h2>
<dl><dt>Address</dt><dd class="url">${escaped(url)}</dd><dt>Name</dt><dd>${escaped(name)}</dd><dt>Password</dt>${secret}</dl>
<footer>${help}</footer>
</article>`;
}
