interface Work<Asked, Result> {
  readonly asked: Asked;
  readonly result: Promise<Result>;
}

/**
 * Who asks for the very same while it is being found out gets the same answer. Who asks for something else, or later, has it
 * looked for anew.
 */
export function whileUnderWay<Asked extends unknown[], Result>(
  find: (...asked: Asked) => Promise<Result>,
): (...asked: Asked) => Promise<Result> {
  const underWay = new Set<Work<Asked, Result>>();
  return (...asked) => {
    const same = [...underWay].find(({ asked: other }) => isSame(other, asked));
    if (same !== undefined) return same.result;
    const work = { asked, result: find(...asked).finally(() => underWay.delete(work)) };
    underWay.add(work);
    return work.result;
  };
}

/** The very same things: what only looks alike may differ. */
function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
