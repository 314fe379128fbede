import type { AwsAccount, OidcProvider } from '../sts/aws-account.ts';
import { providerArn, providerName } from '../sts/oidc-provider.ts';
import { checkPattern, required } from '../sts/parameters.ts';
import { StsProblem } from '../sts/sts-problem.ts';
import type { Xml } from '../sts/xml.ts';
import { checkLength, checkParameters, type IamRequest, membersOf, timeOf } from './iam-request.ts';

/** Source: IAM User Guide, "IAM and AWS STS quotas". */
const mostClientIds = 100;
const mostProviders = 100;

/**
 * Source: IAM API Reference, CreateOpenIDConnectProvider; the words as users quote them.
 *
 * @throws StsProblem
 */
export function createOpenIdConnectProvider({ form, account, accounts, now }: IamRequest): Xml {
  checkParameters(form, ['Url', 'ClientIDList', 'ThumbprintList']);
  const url = required(form, 'Url');
  checkUrl(url);
  const clientIds = membersOf(form, 'ClientIDList');
  for (const id of clientIds) checkClientId(id);
  for (const thumbprint of membersOf(form, 'ThumbprintList'))
    checkPattern('thumbprintList', thumbprint, /^[\da-fA-F]{40}$/);
  const provider: OidcProvider = { url, clientIds: [...new Set(clientIds)], createdAt: now };
  const arn = providerArn(account, provider);
  if (account.oidcProviders.some((one) => providerArn(account, one) === arn))
    throw new StsProblem('EntityAlreadyExists', `Provider with url ${url} already exists.`, 409);
  if (account.oidcProviders.length >= mostProviders)
    throw new StsProblem(
      'LimitExceeded',
      `Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${mostProviders}`,
      409,
    );
  checkNumber(provider);
  accounts.putProvider(account, provider);
  return { OpenIDConnectProviderArn: arn };
}

/** Source: IAM API Reference, GetOpenIDConnectProvider: the URL is without its scheme. @throws StsProblem */
export function getOpenIdConnectProvider({ form, account }: IamRequest): Xml {
  checkParameters(form, ['OpenIDConnectProviderArn']);
  const provider = found(form, account);
  return {
    Url: providerName(provider),
    ClientIDList: provider.clientIds,
    ThumbprintList: [],
    CreateDate: timeOf(provider.createdAt ?? 0),
    Tags: [],
  };
}

/** Source: IAM API Reference, ListOpenIDConnectProviders. */
export function listOpenIdConnectProviders({ form, account }: IamRequest): Xml {
  checkParameters(form, []);
  return { OpenIDConnectProviderList: account.oidcProviders.map((one) => ({ Arn: providerArn(account, one) })) };
}

/** Source: IAM API Reference, AddClientIDToOpenIDConnectProvider: one that is there is no error. @throws StsProblem */
export function addClientIdToOpenIdConnectProvider({ form, account, accounts }: IamRequest): undefined {
  checkParameters(form, ['OpenIDConnectProviderArn', 'ClientID']);
  const provider = found(form, account);
  const id = required(form, 'ClientID');
  checkClientId(id);
  const changed = { ...provider, clientIds: [...new Set([...provider.clientIds, id])] };
  checkNumber(changed);
  accounts.putProvider(account, changed);
}

function found(form: URLSearchParams, account: AwsAccount): OidcProvider {
  const arn = required(form, 'OpenIDConnectProviderArn');
  const provider = account.oidcProviders.find((one) => providerArn(account, one) === arn);
  if (provider) return provider;
  throw new StsProblem('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`, 404);
}

/** HTTPS without a port and a query; the emulator's own issuers are on loopback. */
function checkUrl(text: string): void {
  checkLength('url', text, 255);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOwn = url?.hostname === '127.0.0.1' || url?.hostname === 'localhost';
  if (url && url.search === '' && (isOwn || (url.protocol === 'https:' && url.port === ''))) return;
  throw new StsProblem('ValidationError', 'Invalid Open ID Connect Provider URL');
}

function checkClientId(id: string): void {
  if (id === '')
    throw new StsProblem('ValidationError', 'The client ID of an OpenID Connect Provider must not be empty');
  checkLength('clientID', id, 255);
}

function checkNumber({ clientIds }: OidcProvider): void {
  if (clientIds.length <= mostClientIds) return;
  throw new StsProblem(
    'LimitExceeded',
    `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${mostClientIds}`,
    409,
  );
}
