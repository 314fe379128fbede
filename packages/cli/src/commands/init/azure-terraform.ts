import { type AnyFederatedCredential, credentialTerraform, Expression, hclBlock } from '@fedbridge/trust';
import type { WantedConnection } from './azure-connection.ts';
import type { WantedRole } from './options.ts';

interface Wanted {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly displayName: string;
  /** The client id of one that is there. */
  readonly application: string | undefined;
  readonly connection: WantedConnection | undefined;
  readonly credential: AnyFederatedCredential;
  readonly roles: readonly WantedRole[];
}

/** Source: Terraform Registry, azuread, azurerm and azuredevops. */
export function azureTerraform({ application, credential, ...wanted }: Wanted): string {
  const { displayName, connection, roles } = wanted;
  const address = application === undefined ? 'azuread_application.fedbridge' : 'data.azuread_application.fedbridge';
  const registered =
    application === undefined
      ? hclBlock('resource "azuread_application" "fedbridge"', {
          display_name: displayName,
          sign_in_audience: 'AzureADMyOrg',
        })
      : hclBlock('data "azuread_application" "fedbridge"', { client_id: application });
  const principal = hclBlock('resource "azuread_service_principal" "fedbridge"', {
    client_id: new Expression(`${address}.client_id`),
    ...(application === undefined ? {} : { use_existing: new Expression('true') }),
  });
  const told = connection && {
    issuer: new Expression(`${endpoint}.workload_identity_federation_issuer`),
    subject: new Expression(`${endpoint}.workload_identity_federation_subject`),
  };
  return [
    registered,
    principal,
    ...(connection ? connectionTerraform(connection, `${address}.client_id`, wanted) : []),
    credentialTerraform(credential, `${address}.id`, told),
    ...roles.map(roleTerraform),
    hclBlock('output "client_id"', { value: new Expression(`${address}.client_id`) }),
  ].join('\n\n');
}

const endpoint = 'azuredevops_serviceendpoint_azurerm.fedbridge';

function connectionTerraform(
  { project, name }: WantedConnection,
  clientId: string,
  { tenantId, subscriptionId }: Pick<Wanted, 'tenantId' | 'subscriptionId'>,
) {
  const resource = hclBlock(`resource "azuredevops_serviceendpoint_azurerm" "fedbridge"`, {
    project_id: new Expression('data.azuredevops_project.fedbridge.id'),
    service_endpoint_name: name,
    service_endpoint_authentication_scheme: 'WorkloadIdentityFederation',
    azurerm_spn_tenantid: tenantId,
    azurerm_subscription_id: subscriptionId,
    azurerm_subscription_name: new Expression('data.azurerm_subscription.fedbridge.display_name'),
  });
  const credentials = `  credentials {\n    serviceprincipalid = ${clientId}\n  }\n}`;
  return [
    hclBlock('data "azuredevops_project" "fedbridge"', { name: project }),
    hclBlock('data "azurerm_subscription" "fedbridge"', { subscription_id: subscriptionId }),
    resource.replace(/\}$/, `\n${credentials}`),
  ];
}

function roleTerraform({ role, scope }: WantedRole, index: number): string {
  const isId = /^[\da-f-]{36}$/i.test(role);
  const [, , subscription] = scope.split('/');
  return hclBlock(`resource "azurerm_role_assignment" "fedbridge${index === 0 ? '' : `_${index + 1}`}"`, {
    scope,
    ...(isId
      ? {
          role_definition_id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        }
      : { role_definition_name: role }),
    principal_id: new Expression('azuread_service_principal.fedbridge.object_id'),
    principal_type: 'ServicePrincipal',
  });
}
