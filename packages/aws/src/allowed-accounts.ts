import { invalid } from '@fedbridge/core';

/** Account ids of twelve digits, separated by commas or lines. @throws FedbridgeError `INPUT_INVALID` */
export function parseAccountIds(text: string): ReadonlySet<string> {
  const ids = text.split(/[,\n]/).map((id) => id.trim());
  // An empty entry would be a slip of the pen in a list that guards.
  if (ids.every((id) => /^\d{12}$/.test(id))) return new Set(ids);
  throw invalid('expected account ids of twelve digits, separated by commas, without an empty entry.');
}
