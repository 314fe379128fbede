/** What was left out of a list, a sentence; empty where nothing was. */
export function leftOut(count: number, of: string): string {
  return count > 0 ? `Left out: ${count} ${of}. All of it is in what --json prints.` : '';
}

/** As many of several lists as there is room for, with how many of each stay. */
export function bounded<T>(lists: readonly (readonly T[])[], most: number): readonly (readonly T[])[] {
  let room = most;
  return lists.map((list) => {
    const taken = list.slice(0, Math.max(room, 0));
    room -= taken.length;
    return taken;
  });
}
