import type { LeftForLater } from '../../operate/left-for-later.ts';

/** What could not be done yet, and what goes on with it. */
export function leftText(left: readonly LeftForLater[]): string {
  return left.map(({ message, todo }) => `Not done yet: ${message}\n${todo}\n`).join('');
}

/** The same for machines; nothing where all is done. */
export function leftEvent(left: readonly LeftForLater[]): object {
  return left.length === 0 ? {} : { left: left.map(({ message, todo }) => ({ what: message, todo })) };
}
