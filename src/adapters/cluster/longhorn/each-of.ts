/** As many volumes at a time as Longhorn attaches and copies without being overwhelmed. */
const atOnce = 4;

/** Does the work for each, a few side by side. After a failure none is begun any more, and the first one is thrown. */
export async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined && failures.length === 0; item = rest.shift())
      await work(item).catch((error: unknown) => void failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}
