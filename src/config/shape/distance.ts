/** Edits between two words: insert, delete, replace, swap neighbours (Damerau-Levenshtein, restricted). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      current.push(
        Math.min(
          (last[j] ?? 0) + 1,
          (current[j - 1] ?? 0) + 1,
          (last[j - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}

/** The candidate that was most likely meant, or undefined. Case, `_` and `-` do not count. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = bare(word);
  const most = Math.min(2, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, bare(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `display_name`, `displayName` and `Display-Name` are one word to people. */
export function bare(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
