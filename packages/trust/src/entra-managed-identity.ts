import { bicep, bicepMembers } from './bicep.ts';
import type { AnyFederatedCredential } from './federated-credential.ts';
import { Expression, hclBlock } from './hcl.ts';
import { command, commented } from './shell.ts';
import { unsayable } from './unsayable.ts';

/** The managed identity that a credential is put on, by name. */
export interface ManagedIdentity {
  readonly managedIdentity: string;
  readonly resourceGroup: string;
}

/** Versions of the resource provider: expressions are in the second alone. */
const versions = { exact: '2023-01-31', flexible: '2025-01-31-preview' } as const;
const typeOf = (credential: AnyFederatedCredential) =>
  `Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@${credential.claimsMatchingExpression ? versions.flexible : versions.exact}`;

/** What creates a credential on a managed identity and, as a comment, what changes one of that name. @throws FedbridgeError `INPUT_INVALID` */
export function identityCommands(credential: AnyFederatedCredential, place: ManagedIdentity): string {
  const { name, issuer, audiences } = credential;
  const options = {
    ...{ 'resource-group': place.resourceGroup, 'identity-name': place.managedIdentity },
    ...{ name, issuer },
    ...(credential.claimsMatchingExpression
      ? {
          'claims-matching-expression-value': credential.claimsMatchingExpression.value,
          'claims-matching-expression-version': String(credential.claimsMatchingExpression.languageVersion),
        }
      : { subject: credential.subject }),
    // Entra takes one audience.
    audiences: audiences[0] ?? '',
  };
  const created = command('az', 'identity federated-credential create', options);
  const changed = command('az', 'identity federated-credential update', options);
  if (created === undefined || changed === undefined)
    return unsayable('A name, the issuer, the subject or the audience cannot be written as a command');
  return [created, commented('Where the identity has a credential of this name already:', [changed])].join('\n');
}

/** Source: Terraform Registry, azurerm; it has no expressions, which azapi has as Azure Resource Manager does. */
export function identityTerraform(credential: AnyFederatedCredential, place: ManagedIdentity): string {
  const { name, issuer, audiences } = credential;
  const id = new Expression('data.azurerm_user_assigned_identity.fedbridge.id');
  const resource = credential.claimsMatchingExpression
    ? hclBlock('resource "azapi_resource" "fedbridge"', {
        type: typeOf(credential),
        parent_id: id,
        name,
        body: {
          properties: {
            issuer,
            claimsMatchingExpression: {
              value: credential.claimsMatchingExpression.value,
              languageVersion: new Expression(String(credential.claimsMatchingExpression.languageVersion)),
            },
            audiences,
          },
        },
      })
    : hclBlock('resource "azurerm_federated_identity_credential" "fedbridge"', {
        user_assigned_identity_id: id,
        ...{ name, issuer, subject: credential.subject, audience: audiences },
      });
  const identity = hclBlock('data "azurerm_user_assigned_identity" "fedbridge"', {
    name: place.managedIdentity,
    resource_group_name: place.resourceGroup,
  });
  return [identity, '', resource].join('\n');
}

/** A credential on a managed identity, as Bicep. @throws FedbridgeError `INPUT_INVALID` */
export function identityBicep(credential: AnyFederatedCredential, { managedIdentity }: ManagedIdentity): string {
  return [
    `resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@${versions.exact}' existing = {`,
    `  name: ${bicep(managedIdentity)}`,
    '}',
    '',
    `resource credential '${typeOf(credential)}' = {`,
    '  parent: identity',
    `  name: ${bicep(credential.name)}`,
    '  properties: {',
    ...bicepMembers(credential).map((member) => `    ${member}`),
    '  }',
    '}',
  ].join('\n');
}
