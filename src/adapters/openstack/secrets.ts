/** What nobody may see, whatever a server says back: passwords and tokens. */
export class Secrets {
  readonly #known: Set<string>;

  constructor(known: readonly string[]) {
    this.#known = new Set(known);
  }

  add(secret: string): void {
    this.#known.add(secret);
  }

  /** The text with stars in their place. */
  hide(text: string): string {
    let shown = text;
    // The longest first: one may be a part of another.
    for (const secret of [...this.#known].toSorted((a, b) => b.length - a.length))
      // In JSON a quotation mark within it stands in another way.
      for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1)]))
        if (form !== '') shown = shown.replaceAll(form, '***');
    return shown;
  }
}
