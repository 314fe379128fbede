import { parseEndpoint } from '@fedbridge/core';
import { cloudNames, parseClientId, parseSubscriptionId, parseTenantId } from '@fedbridge/entra';
import { entraAudience, entraClouds } from '@fedbridge/issuers';
import type { InputDefinition, InputValues } from '@fedbridge/step';
import { audienceInput, keepFreshInputs } from '../shared-inputs.ts';
import { parseExports } from './export-names.ts';
import { parseResources } from './resources.ts';

/** The step's inputs. */
export const entraInputs = {
  azureDevOpsServiceConnection: {
    type: 'text',
    only: 'azure-pipelines',
    label: 'Azure DevOps connection',
    decides: true,
    connection: 'WorkloadIdentityUser',
    description:
      'Instead of azureSubscription: a service connection that has an identity and no subscription, as AzureCLI@3 takes for ' +
      'Azure DevOps. With resource: azure-devops, or export: azure-devops.',
  },
  clientId: {
    type: 'text',
    label: 'Client id',
    decides: true,
    parse: parseClientId,
    description: 'The client id of the application or managed identity, a GUID.',
    on: { 'azure-pipelines': 'The service connection has one.' },
  },
  tenantId: {
    type: 'text',
    label: 'Tenant id',
    decides: true,
    parse: parseTenantId,
    description: 'The tenant, by GUID or domain, for example contoso.onmicrosoft.com.',
    on: { 'azure-pipelines': 'The service connection has one.' },
  },
  subscriptionId: {
    type: 'text',
    label: 'Subscription id',
    decides: true,
    parse: parseSubscriptionId,
    description:
      'The subscription for later steps, a GUID; handed on as an output and in what is exported. Not needed for the token.',
  },
  allowNoSubscriptions: {
    type: 'boolean',
    label: 'Allow no subscriptions',
    group: 'delivery',
    default: false,
    description: 'Log the Azure CLI or Azure PowerShell in without a subscription, for tenants that have none.',
  },
  audience: audienceInput(`the one of the environment's Entra, ${entraAudience.uri} in the public cloud`),
  environment: {
    type: 'choice',
    label: 'Environment',
    group: 'endpoints',
    decides: true,
    options: cloudNames,
    description:
      'The cloud: azurecloud, azureusgovernment or azurechinacloud, in capitals or not. By default azurecloud. It sets ' +
      'authority, audience and resources together.',
    on: { 'azure-pipelines': 'A service connection has its own.' },
  },
  authorityHost: {
    type: 'text',
    label: 'Authority host',
    group: 'endpoints',
    decides: true,
    parse: (text: string) => parseEndpoint(text, 'the authority host'),
    description:
      `Another address for Entra than the environment's, for example https://${entraClouds.public.login}. Those of Bleu, Delos and GovSG ` +
      `(https://${entraClouds.bleu.login}, .de, .sg) are known, with the audience of the first two; ` +
      'resources are given by URI there.',
  },
  resource: {
    type: 'text',
    label: 'Resources',
    decides: true,
    default: 'arm',
    multiline: true,
    parse: parseResources,
    description:
      'What the token is for: arm, graph, key-vault, storage or azure-devops, or the URI or GUID of a resource, for ' +
      'example api://my-api. Several may be given, one a line, a URI with a name of your own ("mine = api://my-api"): ' +
      'the first is the output {accessToken}, and each is {<name>:accessToken}. All are asked for at once with one ID token.',
  },
  export: {
    type: 'text',
    label: 'Export',
    group: 'delivery',
    decides: true,
    multiline: true,
    parse: parseExports,
    description:
      'Make later tools find this identity, a name a line: azure-sdk (AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE and so ' +
      'on), terraform (ARM_*), azure-devops (AZURE_DEVOPS_EXT_PAT), azure-cli (logs az in, in a configuration folder of this ' +
      'job), azure-powershell (a script that connects the PowerShell which runs it: & $env:FEDBRIDGE_AZURE_POWERSHELL).',
    on: { 'azure-pipelines': 'AZURE_DEVOPS_EXT_PAT is a secret variable, which a step maps into its env.' },
  },
  ...keepFreshInputs,
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** The values of the step's inputs. */
export type EntraInputs = InputValues<typeof entraInputs>;
