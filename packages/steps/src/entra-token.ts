import {
  type AccessToken,
  exchangeForAccessToken,
  machineAccessToken,
  parseResource,
  type Resource,
} from '@fedbridge/entra';
import { type AdmittedIdToken, reuseWhileFresh } from '@fedbridge/identity';
import { defineStep, type Host } from '@fedbridge/step';
import { checkExports, deliver } from './entra/deliver.ts';
import { type EntraIdentity, entraIdentity, exchangeAudience, resolveResources } from './entra/entra-identity.ts';
import { formerEntraInputs } from './entra/former-inputs.ts';
import { idTokenRequest } from './entra/id-token-request.ts';
import { entraInputs } from './entra/inputs.ts';

/** The step that gets Entra access tokens. */
export const entraToken = defineStep({
  name: 'entra-token',
  task: { name: 'FedbridgeEntraToken', id: '0c7a5a0e-8f2b-4f7c-8a4e-2b1d9f6e3a22' },
  title: 'Fedbridge Entra token',
  description: 'Get Microsoft Entra access tokens with the ID token of this job. No stored secret, no az.',
  serviceConnection: 'optional',
  inputs: entraInputs,
  formerInputs: formerEntraInputs,
  outputs: {
    accessToken: { description: 'The access token, a secret. Of a named resource: {<name>:accessToken}, and so on.' },
    expiresOn: { description: 'When the access token expires, ISO 8601 in UTC.' },
    clientId: { description: 'The client id that the token was given to.' },
    tenantId: { description: 'The tenant that gave the token.' },
    subscriptionId: { description: 'The subscription, where one was given.' },
    servicePrincipalId: {
      only: 'azure-pipelines',
      description: 'The client id, under the name that AzureCLI@2 gives it.',
    },
    idToken: { only: 'azure-pipelines', description: 'The ID token of the service connection, a secret.' },
  },
  managedIdentity: ({ clientId }) => (clientId === undefined ? undefined : { by: 'client id', id: clientId }),
  async run(context) {
    const { host, inputs, outbound, identity: job } = context;
    const wanted = entraIdentity(context, inputs);
    const exports = inputs.export ?? new Set();
    await checkExports(host, inputs, wanted);
    const { cloud, from } = wanted;
    const resources = resolveResources(host, wanted, inputs.resource);
    const audience = inputs.audience ?? (job.audience === 'chosen' ? exchangeAudience(host, wanted) : undefined);
    const fresh = reuseWhileFresh(job, audience, outbound.system);
    let presented: AdmittedIdToken | undefined;
    const idToken = async () => {
      presented = await fresh();
      return presented;
    };
    let { clientId } = wanted;
    const get = async (resource: Resource) => {
      if (!('machine' in from)) return exchangeForAccessToken({ ...from, resource }, idToken, outbound);
      const acquired = await machineAccessToken(job, resource);
      clientId = acquired.clientId ?? clientId;
      return acquired.token;
    };

    const devOps = parseResource(cloud.resources['azure-devops']);
    const isExtra = exports.has('azure-devops') && !resources.some(({ resource }) => resource === devOps);
    const all = await Promise.all(
      [...resources.map(({ resource }) => resource), ...(isExtra ? [devOps] : [])].map(get),
    );
    const identity = { ...wanted, clientId };
    const forFile = 'machine' in from ? undefined : idToken;
    const { keepEntraFresh } = inputs.keepFresh ? await import('./entra/keep-fresh.ts') : {};
    const kept = await keepEntraFresh?.(context, inputs, identity, audience, await forFile?.(), all);
    const exported = await deliver(
      host,
      { exports, request: idTokenRequest(context, audience) },
      {
        identity,
        idToken: forFile,
        accessTokens: all,
        azureDevOps: exports.has('azure-devops') ? all.find(({ resource }) => resource === devOps) : undefined,
      },
      kept,
      outbound,
    );

    const outputs = publish(host, identity, resources, all, presented);
    return {
      identities: all.map(({ resource, expiresAt, presented }) => ({
        who: `${clientId ?? 'a managed identity'}${identity.tenantId ? ` of tenant ${identity.tenantId}` : ''} for ${resource}`,
        expiresAt,
        presented,
        keptFresh: inputs.keepFresh,
      })),
      exported: [...outputs, ...exported],
    };
  },
  cleanUp: async () => (await import('./entra/clean-up.ts')).cleanUpEntraToken,
});

/** Sets the outputs. @returns those with a token, as the user calls them */
function publish(
  host: Host,
  { clientId, tenantId, subscriptionId }: EntraIdentity,
  resources: readonly { readonly name: string | undefined }[],
  tokens: readonly AccessToken[],
  idToken: AdmittedIdToken | undefined,
): readonly string[] {
  const published: string[] = [];
  for (const [index, { name }] of resources.entries()) {
    const token = tokens[index];
    if (!token) continue;
    const names = [...(index === 0 ? [undefined] : []), ...(resources.length > 1 && name ? [name] : [])];
    for (const of of names) {
      host.setSecretOutput('accessToken', token.reveal(), of);
      published.push(`output ${host.outputName('accessToken', of)}`);
      host.setOutput('expiresOn', new Date(token.expiresAt).toISOString(), of);
    }
  }
  if (clientId !== undefined) host.setOutput('clientId', clientId);
  if (tenantId !== undefined) host.setOutput('tenantId', tenantId);
  if (subscriptionId !== undefined) host.setOutput('subscriptionId', subscriptionId);
  if (!host.hasServiceConnections) return published;
  if (clientId !== undefined) host.setOutput('servicePrincipalId', clientId);
  if (idToken) host.setSecretOutput('idToken', idToken.reveal());
  return published;
}
