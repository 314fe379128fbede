import type { ServerReport } from '@fedbridge/conformance';

/** What a server decides otherwise than expected, a line for each case, as the files of findings have it. */
export function findingsOf({ results }: ServerReport): string {
  const otherwise = results.filter(({ outcome }) => outcome === 'otherwise');
  return otherwise
    .map(({ id, decided }) => `${id}: ${decided}\n`)
    .sort()
    .join('');
}
