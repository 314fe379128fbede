import { FedbridgeError, parseMachineEndpoint } from '@fedbridge/core';
import { canAsk, type Delivered, type DeliveryFacts } from './delivery-facts.ts';
import { longLived } from './shadowing-variables.ts';
import { clusterProxy, workloadIdentityOf } from './workload-identity.ts';

/*
 * What Terraform's tools read of the environment beside what is exported, by what it would do to them.
 * Sources: terraform-provider-azurerm 5.2.0, `internal/provider/provider.go` and `internal/provider/framework/config.go`;
 * terraform-provider-azuread 3.9.0, `internal/provider/provider.go`; Terraform 1.11 to 1.17, `internal/backend/remote-state/azure/backend.go`;
 * terraform-provider-azapi 2.12.0, `internal/provider/provider.go` with its `entrauth/aztfauth`; packer-plugin-azure 2.6.3,
 * `builder/azure/common/client/config.go`; go-azure-sdk, `sdk/auth/auth.go`.
 */

/** Makes them somebody else: taken before an ID token, or along with one that they are handed. */
const others = [
  ...longLived,
  'ARM_CLIENT_ID',
  'ARM_CLIENT_ID_FILE_PATH',
  'ARM_TENANT_ID',
  'ARM_OIDC_TOKEN',
  'ARM_OIDC_TOKEN_FILE_PATH',
  'ARM_OIDC_REQUEST_URL',
  'ARM_OIDC_REQUEST_TOKEN',
  'ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID',
  'ARM_OIDC_AZURE_SERVICE_CONNECTION_ID',
  // azapi's third name for it.
  'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID',
];

/** Says where ID tokens and access tokens are sent, before ARM_ENVIRONMENT does. */
const elsewhere = [
  'ARM_METADATA_HOSTNAME',
  'ARM_METADATA_HOST',
  // Packer's name for it.
  'ARM_METADATA_URL',
  'ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST',
  'ARM_RESOURCE_MANAGER_ENDPOINT',
  'ARM_RESOURCE_MANAGER_AUDIENCE',
];

/**
 * Terraform's azurerm, azuread and azapi, the azurerm backend, Packer. An ID token in a file is read once, and goes before a
 * request URL: it is exported only where there is none.
 */
export function terraform(facts: DeliveryFacts): Delivered {
  const { cloud, from, clientId, tenantId, subscriptionId, isOwnCloud } = facts.identity;
  const isMachine = 'machine' in from;
  const { variables, secrets = {} } = isMachine ? { variables: {} } : idTokens(facts);
  return {
    variables: {
      ...(!isMachine && isPassedByInPod(facts) ? workloadIdentityOf(facts.identity, facts.tokenFile) : {}),
      ARM_CLIENT_ID: clientId,
      ARM_TENANT_ID: tenantId,
      ARM_SUBSCRIPTION_ID: subscriptionId,
      ARM_ENVIRONMENT: cloud.terraformEnvironment,
      // azapi alone can be given an Entra; the others learn it from the metadata of a cloud.
      ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: isOwnCloud && !isMachine ? from.authority.href : undefined,
      // azurerm takes a switch that is empty, and the last one if it is not there, for true.
      ARM_USE_OIDC: String(!isMachine),
      ARM_USE_MSI: String(isMachine),
      ARM_USE_CLI: 'false',
      ARM_USE_AKS_WORKLOAD_IDENTITY: 'false',
      ...variables,
    },
    secrets,
    shadows: shadowsOf(facts),
  };
}

function shadowsOf({ identity, environment }: DeliveryFacts): readonly string[] {
  const { cloud, from, clientId, isOwnCloud } = identity;
  const isOfThisCloud = (name: string) =>
    [cloud.authority, cloud.resources.arm].some((url) => hostOf(environment[name]) === hostOf(url));
  const isMachine = 'machine' in from;
  return [
    ...others,
    ...(environment.AZURE_FEDERATED_TOKEN_FILE ? clusterProxy : []),
    // Who named an Entra of their own in an input names its cloud here.
    ...(isOwnCloud ? [] : elsewhere.filter((name) => !isOfThisCloud(name))),
    ...(isMachine && !isOnMachine(environment.ARM_MSI_ENDPOINT) ? ['ARM_MSI_ENDPOINT', 'ARM_MSI_API_VERSION'] : []),
    // azapi takes it where there is no other; in a pod it belongs to the token of the pod.
    ...(clientId === undefined ? ['AZURE_CLIENT_ID'] : []),
  ];
}

/**
 * Whether azapi would take the file of a pod's identity: it does before it asks for ID tokens, and takes an empty name for that of
 * a file too. So it gets a file of this identity's. Source: azidentity, `NewWorkloadIdentityCredential`, by way of `aztfauth`.
 */
export function isPassedByInPod({
  environment,
  request,
  kept,
}: Pick<DeliveryFacts, 'environment' | 'request' | 'kept'>) {
  return Boolean(environment.AZURE_FEDERATED_TOKEN_FILE) && (kept?.tokenFile !== undefined || canAsk(request));
}

/** Of a URL, or of a host that is written without a scheme; in small letters. */
function hostOf(text = ''): string {
  return text
    .replace(/^https:\/\//i, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
}

/** Whether it is an address that a machine's own identity can have. */
function isOnMachine(address = ''): boolean {
  try {
    return Boolean(parseMachineEndpoint(address, 'ARM_MSI_ENDPOINT'));
  } catch (error) {
    if (error instanceof FedbridgeError) return false;
    throw error;
  }
}

function idTokens({ kept, request, tokenFile }: DeliveryFacts): Omit<Delivered, 'shadows'> {
  if (kept) return { variables: kept.terraform };
  if (!canAsk(request)) return { variables: { ARM_OIDC_TOKEN_FILE_PATH: tokenFile } };
  if (request.by === 'service connection') {
    const { url, connectionId } = request;
    return {
      variables: {
        ARM_OIDC_REQUEST_URL: url,
        ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: connectionId,
        ARM_OIDC_AZURE_SERVICE_CONNECTION_ID: connectionId,
      },
    };
  }
  // The providers find GitHub's own variables, and ask for the public cloud's audience unless the URL has one.
  if (request.audience === undefined) return { variables: {} };
  return {
    variables: { ARM_OIDC_REQUEST_URL: withAudience(request.url, request.audience) },
    secrets: { ARM_OIDC_REQUEST_TOKEN: request.bearer },
  };
}

/** @returns a URL that a tool adds no audience to */
export function withAudience(address: string, audience: string): string {
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  return url.href;
}
