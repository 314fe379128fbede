/** Does something with each of many, no more than so many of them at once. @returns results in the order of the items */
export async function atOnce<Item, Result>(
  most: number,
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [index, item] of waiting) results[index] = await act(item, index);
  };
  await Promise.all(Array.from({ length: most }, work));
  return results;
}
