/** A built-in role of Azure, by the GUID that it has everywhere. */
interface RoleDefinition {
  readonly id: string;
  readonly roleName: string;
}

/** Those that quick starts and recipes name. Source: Microsoft Learn, "Azure built-in roles". */
export const roleDefinitions: readonly RoleDefinition[] = Object.entries({
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': 'Owner',
  'b24988ac-6180-42a0-ab88-20f7382dd24c': 'Contributor',
  'acdd72a7-3385-48ef-bd42-f606fba81ae7': 'Reader',
  '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9': 'User Access Administrator',
  'f58310d9-a9f6-439a-9e8d-f62e7b41a168': 'Role Based Access Control Administrator',
  '8311e382-0749-4cb8-b61a-304f252e45ec': 'AcrPush',
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'AcrPull',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  '4abbcc35-e782-43d8-92c5-2d3f1bd2253f': 'Azure Kubernetes Service Cluster User Role',
  'de139f84-1756-47ae-9be6-808fbbe84772': 'Website Contributor',
}).map(([id, roleName]) => ({ id, roleName }));

/** Below a scope, as Azure Resource Manager answers it. */
export function roleDefinitionJson(subscription: string, { id, roleName }: RoleDefinition) {
  return {
    id: roleDefinitionId(subscription, id),
    type: 'Microsoft.Authorization/roleDefinitions',
    name: id,
    properties: { roleName, type: 'BuiltInRole', description: '', assignableScopes: ['/'], permissions: [] },
  };
}

/** As assignments name it. @param id - its GUID */
export const roleDefinitionId = (subscription: string, id: string) =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
