import { kebabCase } from '@fedbridge/core';

/** The name of an input or output as users of GitHub Actions write it: `role-to-assume`, `graph-access-token`. */
export function gitHubName(name: string, of?: string): string {
  return of === undefined ? kebabCase(name) : `${of}-${kebabCase(name)}`;
}
