/**
 * Which identity a client of Azure takes of an environment: the order of its documented chain, and what it makes of an empty
 * variable. Only tests use this; `test/interop` runs the clients themselves.
 */
import type { Environment } from '@fedbridge/core';

/**
 * Source: Microsoft Learn, "Credential chains in the Azure Identity library" and AZURE_TOKEN_CREDENTIALS; azure-identity for
 * Python, `environment.py`: a variable that is set and empty counts there, and an empty secret is an error.
 */
export function defaultAzureCredential(environment: Environment, language: 'python' | 'other') {
  const chosen = (environment.AZURE_TOKEN_CREDENTIALS ?? '').toLowerCase();
  const takes = (name: string, group: string) => ['', name.toLowerCase(), group].includes(chosen);
  const has = (name: string) => (language === 'python' ? environment[name] !== undefined : Boolean(environment[name]));
  if (takes('EnvironmentCredential', 'prod') && has('AZURE_CLIENT_ID')) {
    if (has('AZURE_TENANT_ID') && has('AZURE_CLIENT_SECRET')) return { secret: environment.AZURE_CLIENT_SECRET };
    if (has('AZURE_TENANT_ID') && has('AZURE_CLIENT_CERTIFICATE_PATH')) return { certificate: true };
    if (has('AZURE_USERNAME') && has('AZURE_PASSWORD')) return { user: environment.AZURE_USERNAME };
  }
  const { AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE, AZURE_AUTHORITY_HOST } = environment;
  if (takes('WorkloadIdentityCredential', 'prod') && AZURE_CLIENT_ID && AZURE_TENANT_ID && AZURE_FEDERATED_TOKEN_FILE) {
    return {
      workload: AZURE_FEDERATED_TOKEN_FILE,
      clientId: AZURE_CLIENT_ID,
      tenantId: AZURE_TENANT_ID,
      authority: AZURE_AUTHORITY_HOST,
      proxy: environment.AZURE_KUBERNETES_TOKEN_PROXY || undefined,
    };
  }
  if (takes('ManagedIdentityCredential', 'prod')) return managedIdentity(environment, AZURE_CLIENT_ID || undefined);
  return { developer: true };
}

/** Source: MSAL, `ManagedIdentityClient`, the order in which sources are distinguished. */
export function managedIdentity(environment: Environment, client: string | undefined) {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret, MSI_ENDPOINT, MSI_SECRET } = environment;
  const found = (protocol: string, at?: string, by?: string) => ({
    protocol,
    endpoint: at,
    secret: by,
    clientId: client,
  });
  if (endpoint && secret && environment.IDENTITY_SERVER_THUMBPRINT) return found('Service Fabric', endpoint, secret);
  if (endpoint && secret) return found('App Service', endpoint, secret);
  if (MSI_ENDPOINT && MSI_SECRET) return found('Machine Learning', MSI_ENDPOINT, MSI_SECRET);
  if (MSI_ENDPOINT) return found('Cloud Shell', MSI_ENDPOINT);
  if (endpoint && environment.IMDS_ENDPOINT) return found('Azure Arc', endpoint);
  return found('IMDS');
}

/**
 * How azurerm 4 fills `auth.Credentials`, and which of them go-azure-sdk takes. Its two plugins read switches differently.
 * Source: terraform-provider-azurerm, `internal/provider/provider.go`, `internal/provider/framework/{config,helpers}.go`;
 * go-azure-sdk, `NewAuthorizerFromCredentials`.
 */
export function azurerm(environment: Environment, plugin: 'sdk' | 'framework') {
  const first = (...names: string[]) => names.map((name) => environment[name]).find((value) => value) ?? '';
  const isOn = (name: string, usual: boolean) => {
    const value = environment[name] ?? '';
    if (value === 'true') return true;
    return plugin === 'framework' ? value === '' || usual : value === '' && usual;
  };
  const [clientId, tenantId] = [first('ARM_CLIENT_ID'), first('ARM_TENANT_ID')];
  const who = { clientId, tenantId };
  const isKnown = clientId !== '' && tenantId !== '';
  const isAks = isOn('ARM_USE_AKS_WORKLOAD_IDENTITY', false);
  const usesOidc = isOn('ARM_USE_OIDC', false) || isAks;
  const url = first('ARM_OIDC_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'SYSTEM_OIDCREQUESTURI');
  const bearer = first('ARM_OIDC_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'SYSTEM_ACCESSTOKEN');
  const byConnection = first('ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID', 'ARM_OIDC_AZURE_SERVICE_CONNECTION_ID');
  const assertion =
    first('ARM_OIDC_TOKEN', 'ARM_OIDC_TOKEN_FILE_PATH') || (isAks ? first('AZURE_FEDERATED_TOKEN_FILE') : '');
  if (isKnown && first('ARM_CLIENT_CERTIFICATE', 'ARM_CLIENT_CERTIFICATE_PATH')) return { ...who, by: 'certificate' };
  if (isKnown && first('ARM_CLIENT_SECRET', 'ARM_CLIENT_SECRET_FILE_PATH')) return { ...who, by: 'secret' };
  if (isKnown && usesOidc && assertion) return { ...who, by: 'file', file: assertion };
  if (isKnown && usesOidc && url && bearer && byConnection) {
    return { ...who, by: 'Azure Pipelines', connection: byConnection, url, bearer };
  }
  if (isKnown && usesOidc && url && bearer) return { ...who, by: 'GitHub', url, bearer };
  if (isOn('ARM_USE_MSI', false)) return { ...who, by: 'managed identity' };
  return { ...who, by: isOn('ARM_USE_CLI', true) ? 'Azure CLI' : 'nothing' };
}

/**
 * What azapi's chain takes first, with an Entra and a Resource Manager of the cloud's own.
 * Source: terraform-provider-azapi, `internal/provider/provider.go`; Azure/entrauth, `aztfauth`; azidentity,
 * `NewWorkloadIdentityCredential`, which takes a variable that is there and empty for a file.
 */
export function azapi(environment: Environment) {
  const first = (...names: string[]) => names.map((name) => environment[name]).find((value) => value) ?? '';
  for (const name of ['ACTIVE_DIRECTORY_AUTHORITY_HOST', 'RESOURCE_MANAGER_ENDPOINT', 'RESOURCE_MANAGER_AUDIENCE']) {
    if (environment[`ARM_${name}`]) return { by: `elsewhere: ${name}` };
  }
  if (first('ARM_CLIENT_ID_FILE_PATH')) return { by: 'the client id of a file' };
  const who = { clientId: first('ARM_CLIENT_ID', 'AZURE_CLIENT_ID') };
  if (environment.ARM_USE_OIDC === 'true') {
    if (first('ARM_OIDC_TOKEN')) return { ...who, by: 'token' };
    const path = first('ARM_OIDC_TOKEN_FILE_PATH') || environment.AZURE_FEDERATED_TOKEN_FILE;
    if (path !== undefined) return { ...who, by: 'file', file: path };
    const bearer = first('ARM_OIDC_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'SYSTEM_ACCESSTOKEN');
    const byConnection = first(
      'ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID',
      'ARM_OIDC_AZURE_SERVICE_CONNECTION_ID',
      'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID',
    );
    const url = byConnection
      ? environment.SYSTEM_OIDCREQUESTURI
      : first('ARM_OIDC_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_URL');
    if (byConnection) return { ...who, by: 'Azure Pipelines', connection: byConnection, url, bearer };
    if (url && bearer) return { ...who, by: 'GitHub', url, bearer };
  }
  if (first('ARM_CLIENT_SECRET', 'ARM_CLIENT_SECRET_FILE_PATH')) return { ...who, by: 'secret' };
  if (first('ARM_CLIENT_CERTIFICATE', 'ARM_CLIENT_CERTIFICATE_PATH')) return { ...who, by: 'certificate' };
  return { ...who, by: environment.ARM_USE_MSI === 'true' ? 'managed identity' : 'Azure CLI' };
}
