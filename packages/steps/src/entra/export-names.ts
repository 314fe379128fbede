import { invalid } from '@fedbridge/core';

/** What can be made to find the identity. */
const exportNames = [
  'azure-sdk',
  'terraform',
  'azure-devops',
  'azure-cli',
  'azure-powershell',
  'github-id-token',
] as const;

/** A tool, or a family of tools, that a delivery is for. */
export type ExportName = (typeof exportNames)[number];

/** Names on lines or between commas. @throws FedbridgeError `INPUT_INVALID` */
export function parseExports(text: string): ReadonlySet<ExportName> {
  const names = text.split(/[,\n]/).map((name) => name.trim());
  const unknown = names.filter((name) => name !== '').find((name) => !isExport(name));
  if (unknown === undefined) return new Set(names.filter(isExport));
  throw invalid(`"${unknown}" is not among ${exportNames.join(', ')}.`);
}

function isExport(name: string): name is ExportName {
  return (exportNames as readonly string[]).includes(name);
}
