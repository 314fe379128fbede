/** Whether a text has a wildcard of a pattern. */
export const hasWildcard = (text: string) => /[*?]/.test(text);
