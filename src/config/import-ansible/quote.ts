/** A word of the user's for a message: on one line, not too long, nothing that a terminal would obey. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g, '?');
}

/** Words in a row: `a, b and c`. */
export function enumerate(words: readonly string[]): string {
  const last = words.at(-1);
  return words.length < 2 || last === undefined
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** With a capital letter and a full stop. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
