import { type Endpoint, FedbridgeError, isLoopback, parseEndpoint } from '@fedbridge/core';
import { azureDevOpsApplication, type EntraCloud, entraCloudAt, entraClouds } from '@fedbridge/issuers';

/** What differs between Microsoft's clouds. */
export interface AzureCloud {
  readonly authority: string;
  /** The audience that an ID token for this cloud's Entra must have. */
  readonly audience: string;
  /** The cloud's name in the Azure CLI and Azure PowerShell. */
  readonly title: string;
  /** The cloud's name in Terraform's providers. */
  readonly terraformEnvironment: string;
  /** Resources by short name; the scope is the resource with `/.default`. */
  readonly resources: Readonly<Record<ResourceName, string>>;
}

/** Azure's clouds, as the inputs of `Azure/login` name them, in small letters. */
export type CloudName = 'azurecloud' | 'azureusgovernment' | 'azurechinacloud';

/** Resources that have a name of their own in inputs; their URIs differ by cloud. */
export type ResourceName = 'arm' | 'graph' | 'key-vault' | 'storage' | 'azure-devops';

const storage = 'https://storage.azure.com';

/** Source of the resources: Microsoft Learn, "National clouds". */
export const clouds: Readonly<Record<CloudName, AzureCloud>> = {
  azurecloud: {
    ...ofIssuer(entraClouds.public),
    terraformEnvironment: 'public',
    resources: {
      arm: 'https://management.azure.com',
      graph: 'https://graph.microsoft.com',
      'key-vault': 'https://vault.azure.net',
      storage,
      'azure-devops': azureDevOpsApplication,
    },
  },
  azureusgovernment: {
    ...ofIssuer(entraClouds.usGovernment),
    terraformEnvironment: 'usgovernment',
    resources: {
      arm: 'https://management.usgovcloudapi.net',
      graph: 'https://graph.microsoft.us',
      'key-vault': 'https://vault.usgovcloudapi.net',
      storage,
      'azure-devops': azureDevOpsApplication,
    },
  },
  azurechinacloud: {
    ...ofIssuer(entraClouds.china),
    terraformEnvironment: 'china',
    resources: {
      arm: 'https://management.chinacloudapi.cn',
      graph: 'https://microsoftgraph.chinacloudapi.cn',
      'key-vault': 'https://vault.azure.cn',
      storage,
      'azure-devops': azureDevOpsApplication,
    },
  },
};

/** The names of all clouds, for inputs and options. */
export const cloudNames = Object.keys(clouds) as readonly CloudName[];

/** The cloud that a service connection names, `AzureUSGovernment` say; undefined for one we do not know. */
export function cloudOf(name: string): CloudName | undefined {
  const lower = name.toLowerCase();
  return cloudNames.find((cloud) => cloud === lower);
}

/** A cloud that is known by its Entra alone: what is for its other services is named by URI. */
export interface SovereignCloud {
  readonly title: string;
  /** Undefined where Microsoft has not said it. */
  readonly audience: string | undefined;
}

/** @param authority - the address of an Entra */
export function sovereignCloudOf(authority: URL): SovereignCloud | undefined {
  const cloud = entraCloudAt(authority.host);
  const { bleu, delos, govSg } = entraClouds;
  if (!cloud || ![bleu, delos, govSg].some((one: EntraCloud) => one === cloud)) return undefined;
  return { title: cloud.title, audience: cloud.audience };
}

/**
 * An Entra that a variable of the environment names, which an earlier step may have set: one of Microsoft's own, or one on this machine.
 *
 * @param fix - how the user names another, as a sentence
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`
 */
export function parseKnownAuthority(text: string, fix: string): Endpoint {
  const authority = parseEndpoint(text, 'AZURE_AUTHORITY_HOST');
  if (entraCloudAt(authority.host) || isLoopback(authority)) return authority;
  throw new FedbridgeError(
    'ENDPOINT_NOT_ALLOWED',
    `AZURE_AUTHORITY_HOST names ${authority.host}, which is not Entra.`,
    {
      hint: `Nothing was sent there. See what sets that variable. ${fix}`,
    },
  );
}

function ofIssuer<Audience>({ title, login, audience }: { title: string; login: string; audience: Audience }) {
  return { title, authority: `https://${login}`, audience };
}

/** Whether each cloud has a resource of this short name. */
export function isResourceName(text: string): text is ResourceName {
  return Object.hasOwn(clouds.azurecloud.resources, text);
}
