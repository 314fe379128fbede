import { canAsk, type Delivered, type DeliveryFacts } from './plan.ts';

/** What the providers take before an ID token, or along with one that they are handed. */
const shadows = [
  'ARM_CLIENT_ID',
  'ARM_CLIENT_ID_FILE_PATH',
  'ARM_TENANT_ID',
  'ARM_CLIENT_SECRET',
  'ARM_CLIENT_SECRET_FILE_PATH',
  'ARM_CLIENT_CERTIFICATE',
  'ARM_CLIENT_CERTIFICATE_PATH',
  'ARM_CLIENT_CERTIFICATE_PASSWORD',
  'ARM_OIDC_TOKEN',
  'ARM_OIDC_TOKEN_FILE_PATH',
  'ARM_OIDC_REQUEST_URL',
  'ARM_OIDC_REQUEST_TOKEN',
  'ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID',
  'ARM_OIDC_AZURE_SERVICE_CONNECTION_ID',
];

/**
 * Terraform's azurerm, azuread and azapi, the azurerm backend, Packer. An ID token in a file is read once, and goes before a
 * request URL: it is exported only where there is none.
 * Source: terraform-provider-azurerm, `internal/provider/framework/config.go` and `provider.go`; go-azure-sdk, `sdk/auth/auth.go`.
 */
export function terraform(facts: DeliveryFacts): Delivered {
  const { cloud, from, clientId, tenantId, subscriptionId } = facts.identity;
  const isMachine = 'machine' in from;
  const { variables, secrets = {} } = isMachine ? { variables: {} } : idTokens(facts);
  return {
    variables: {
      ARM_CLIENT_ID: clientId,
      ARM_TENANT_ID: tenantId,
      ARM_SUBSCRIPTION_ID: subscriptionId,
      ARM_ENVIRONMENT: cloud.terraformEnvironment,
      // azurerm takes a switch that is empty, and the last one if it is not there, for true.
      ARM_USE_OIDC: String(!isMachine),
      ARM_USE_MSI: String(isMachine),
      ARM_USE_CLI: 'false',
      ARM_USE_AKS_WORKLOAD_IDENTITY: 'false',
      ...variables,
    },
    secrets,
    shadows,
  };
}

function idTokens({ kept, request, tokenFile }: DeliveryFacts): Omit<Delivered, 'shadows'> {
  if (kept) return { variables: kept.terraform };
  if (!canAsk(request)) return { variables: { ARM_OIDC_TOKEN_FILE_PATH: tokenFile } };
  if (request.kind === 'azure-pipelines') {
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
