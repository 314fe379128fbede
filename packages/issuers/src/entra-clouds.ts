/** One of Entra's clouds: hosts alone, so that each is compared as a whole. */
export interface EntraCloud {
  /** Its name in the Azure CLI, or what it is called. */
  readonly title: string;
  /** Where tokens are asked for: `https://<host>`. */
  readonly login: string;
  /** In the issuer of tokens of version 2, `https://<host>/<tenant>/v2.0`. */
  readonly issuers: readonly string[];
  /** In the issuer of tokens of version 1, `https://<host>/<tenant>/`. */
  readonly formerIssuers: readonly string[];
  /** Further hosts that requests may go to, which it had or has for some of its clients. */
  readonly otherLogins: readonly string[];
  /** The audience of a federated credential, and of the token of a job that can choose. Undefined where Microsoft has not said it. */
  readonly audience: string | undefined;
}

/**
 * Entra's token exchange as an audience: by the URI that a federated credential has, and by the id of the same application, which is
 * the `aud` of tokens that Entra itself signs for it. A federated credential with the id is refused (AADSTS700214).
 */
export const entraAudience = {
  uri: 'api://AzureADTokenExchange',
  clientId: 'fb60f99c-7a34-4190-8149-302f77469936',
} as const;

/** All names of an audience: of that of an exchange two, whichever of them a token has. */
export function namesOfAudience(audience: string): readonly string[] {
  const names: readonly string[] = Object.values(entraAudience);
  return names.includes(audience) ? names : [audience];
}

/**
 * Sources: Microsoft Learn, "National clouds" and "Workload identity federation"; MSAL, known authorities, and MSAL.NET,
 * `KnownMetadataProvider`; microsoft-authentication-library-for-js#8301. Read 2026-11-25.
 */
export const entraClouds = {
  public: {
    title: 'AzureCloud',
    login: 'login.microsoftonline.com',
    issuers: ['login.microsoftonline.com'],
    formerIssuers: ['sts.windows.net'],
    otherLogins: ['login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    audience: entraAudience.uri,
  },
  usGovernment: {
    title: 'AzureUSGovernment',
    login: 'login.microsoftonline.us',
    issuers: ['login.microsoftonline.us'],
    formerIssuers: [],
    otherLogins: ['login-us.microsoftonline.com', 'login.usgovcloudapi.net'],
    audience: 'api://AzureADTokenExchangeUSGov',
  },
  china: {
    title: 'AzureChinaCloud',
    login: 'login.chinacloudapi.cn',
    issuers: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    formerIssuers: ['sts.chinacloudapi.cn'],
    otherLogins: ['login.partner.microsoftonline.cn'],
    audience: 'api://AzureADTokenExchangeChina',
  },
  bleu: {
    title: 'Bleu',
    login: 'login.sovcloud-identity.fr',
    issuers: ['login.sovcloud-identity.fr'],
    formerIssuers: [],
    otherLogins: [],
    audience: 'api://AzureADTokenExchangeFrance',
  },
  delos: {
    title: 'Delos',
    login: 'login.sovcloud-identity.de',
    issuers: ['login.sovcloud-identity.de'],
    formerIssuers: [],
    otherLogins: [],
    audience: 'api://AzureADTokenExchangeGermany',
  },
  govSg: {
    title: 'GovSG',
    login: 'login.sovcloud-identity.sg',
    issuers: ['login.sovcloud-identity.sg'],
    formerIssuers: [],
    otherLogins: [],
    audience: undefined,
  },
} as const satisfies Readonly<Record<string, EntraCloud>>;

/** What Entra's token exchange is called as an audience, in whatever cloud, and by its id. */
export function entraAudiences(): readonly string[] {
  const all: readonly EntraCloud[] = Object.values(entraClouds);
  return [...all.flatMap((cloud) => cloud.audience ?? []), entraAudience.clientId];
}

/** The cloud whose Entra answers at a host, under any of its names; undefined for a host that is none of Entra's. */
export function entraCloudAt(host: string): EntraCloud | undefined {
  const all: readonly EntraCloud[] = Object.values(entraClouds);
  return all.find(({ login, otherLogins }) => host === login || otherLogins.includes(host));
}

/** How many federated credentials an application or managed identity takes. Source: Microsoft Learn, "Important considerations and restrictions for federated identity credentials". */
export const mostFederatedCredentials = 20;
