/** The name of an input or output as users of Azure Pipelines write it: `roleToAssume`, `graph_accessToken`. */
export function azurePipelinesName(name: string, of?: string): string {
  return of === undefined ? name : `${of}_${name}`;
}
