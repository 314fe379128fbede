import { defineStep, FedbridgeError, type Host, parseEndpoint, reuseWhileFresh } from '@fedbridge/core';
import {
  type CloudName,
  cloudNames,
  cloudOf,
  clouds,
  exchangeForAccessToken,
  parseClientId,
  parseResource,
  parseSubscriptionId,
  parseTenantId,
  type Resource,
} from '@fedbridge/entra';
import { audienceInput } from './shared-inputs.ts';

export const entraToken = defineStep({
  name: 'entra-token',
  task: { name: 'FedbridgeEntraToken', id: '0c7a5a0e-8f2b-4f7c-8a4e-2b1d9f6e3a22' },
  title: 'Fedbridge Entra token',
  description: 'Get a Microsoft Entra access token with the ID token of this job. No stored secret, no az.',
  serviceConnection: 'required',
  inputs: {
    clientId: {
      type: 'text',
      label: 'Client id',
      parse: parseClientId,
      description:
        'The client id of the application or managed identity, a GUID. On Azure Pipelines the service connection has one.',
    },
    tenantId: {
      type: 'text',
      label: 'Tenant id',
      parse: parseTenantId,
      description:
        'The tenant, by GUID or domain, for example contoso.onmicrosoft.com. On Azure Pipelines the service connection has one.',
    },
    subscriptionId: {
      type: 'text',
      label: 'Subscription id',
      parse: parseSubscriptionId,
      description: 'The subscription for later steps, a GUID; handed on as an output. Not needed for the token.',
    },
    audience: audienceInput("the one of the environment's Entra, api://AzureADTokenExchange in the public cloud"),
    environment: {
      type: 'choice',
      label: 'Environment',
      options: cloudNames,
      description:
        'The cloud: azurecloud, azureusgovernment or azurechinacloud. By default that of the service connection, ' +
        'else azurecloud. It sets authority, audience and resources together.',
    },
    authorityHost: {
      type: 'text',
      label: 'Authority host',
      parse: (text: string) => parseEndpoint(text, 'the authority host'),
      description: "Another address for Entra than the environment's, for example https://login.microsoftonline.com.",
    },
    resource: {
      type: 'text',
      label: 'Resource',
      default: 'arm',
      description:
        'What the token is for: arm, graph, key-vault, storage or azure-devops, or the URI or GUID of a resource, ' +
        'for example api://my-api.',
    },
  },
  outputs: {
    accessToken: { description: 'The access token, a secret.' },
    expiresOn: { description: 'When the access token ends, ISO 8601 in UTC.' },
    clientId: { description: 'The client id that the token was given to.' },
    tenantId: { description: 'The tenant that gave the token.' },
    subscriptionId: { description: 'The subscription, where one was given.' },
  },
  async run({ host, inputs, outbound, source }) {
    const connection = host.serviceConnection();
    const cloud = clouds[inputs.environment ?? connectionCloud(connection?.environment) ?? 'azurecloud'];
    const clientId = inputs.clientId ?? parsed(host, 'clientId', connection?.clientId, parseClientId);
    const tenantId = inputs.tenantId ?? parsed(host, 'tenantId', connection?.tenantId, parseTenantId);
    const subscriptionId = inputs.subscriptionId ?? connection?.subscriptionId;
    const resource = resourceOf(host, inputs.resource, cloud.resources);

    const audience = inputs.audience ?? (source.audience === 'chosen' ? cloud.audience : undefined);
    const idToken = reuseWhileFresh(source, audience, outbound.system);
    const authority = inputs.authorityHost ?? parseEndpoint(cloud.authority, 'the authority host');
    const token = await exchangeForAccessToken({ authority, tenantId, clientId, resource }, idToken, outbound);

    host.setSecretOutput('accessToken', token.reveal());
    host.setOutput('expiresOn', new Date(token.expiresAt).toISOString());
    host.setOutput('clientId', clientId);
    host.setOutput('tenantId', tenantId);
    if (subscriptionId !== undefined) host.setOutput('subscriptionId', subscriptionId);
    const who = `${clientId} of tenant ${tenantId} for ${resource}`;
    return {
      identities: [{ who, expiresAt: token.expiresAt, presented: token.presented }],
      exported: ['output accessToken'],
    };
  },
});

function connectionCloud(name: string | undefined): CloudName | undefined {
  if (name === undefined) return undefined;
  const cloud = cloudOf(name);
  if (cloud) return cloud;
  throw new FedbridgeError('INPUT_INVALID', `The service connection is for ${name}, a cloud that is not known.`, {
    hint: `Name one of ${cloudNames.join(', ')} in "environment", and its address in "authorityHost".`,
  });
}

/** What the user did not give and the connection must have. */
function parsed<T>(host: Host, input: string, fromConnection: string | undefined, parse: (text: string) => T): T {
  if (fromConnection !== undefined) return parse(fromConnection);
  throw new FedbridgeError('INPUT_MISSING', `Input "${host.inputName(input)}" is required.`);
}

function resourceOf(host: Host, text: string, known: Readonly<Record<string, string>>): Resource {
  const named = Object.hasOwn(known, text) ? known[text] : undefined;
  try {
    return parseResource(named ?? text);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    throw error.with({}, `Input "${host.inputName('resource')}" is "${text}": ${error.message}`);
  }
}
