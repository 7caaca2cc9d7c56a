import { expect, test } from 'vitest';
import { cardsCsv, cardsPage } from '../../../src/cli/render/handout.ts';

const cards = [
  { name: 'admin-alex', admin: true, password: 'abcd-efgh-jkmn' },
  { name: 'trainee-1', admin: false, password: undefined },
];

test('the table opens in a spreadsheet: a header, a row a person', () => {
  expect(cardsCsv('http://127.0.0.1:8000/', cards)).toBe(
    'name,password,role,url\r\nadmin-alex,abcd-efgh-jkmn,admin,http://127.0.0.1:8000/\r\ntrainee-1,,user,http://127.0.0.1:8000/\r\n',
  );
});

test('a card has address, name and password, or says that the person chose another', () => {
  const page = cardsPage({
    title: 'Course',
    url: 'http://127.0.0.1:8000/',
    contact: 'help@example.org',
    cards,
  });
  expect(page.match(/<article>/g)).toHaveLength(2);
  expect(page).toContain('<dd>abcd-efgh-jkmn</dd>');
  expect(page).toContain('(chosen by the person)');
});

test('what people write cannot become markup', () => {
  const page = cardsPage({
    title: '<script>alert(1)</script>',
    url: 'http://x/',
    contact: undefined,
    cards: [],
  });
  expect(page).not.toContain('<script>');
});

test('it loads nothing from anywhere', () => {
  const page = cardsPage({ title: 'Course', url: 'http://x/', contact: undefined, cards });
  expect(page).not.toMatch(/src=|href=|@import|url\(/);
});
