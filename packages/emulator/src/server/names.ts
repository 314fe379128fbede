import type { serviceNames } from '../services.ts';

type ServiceNames = (typeof serviceNames)[number];
type EmulatorUrls = Readonly<Record<ServiceNames, string>>;

/** Issuers of a set-up's own in the place of the usual ones, each a URL. */
export interface IssuerOptions {
  /** With the slug of an enterprise: `https://token.actions.githubusercontent.com/acme`. */
  readonly gitHub?: string;
  /** The URL of a GitLab: `https://gitlab.example.com`. */
  readonly gitLab?: string;
  /** Of a cluster: `https://oidc.eks.eu-central-1.amazonaws.com/id/…`. */
  readonly kubernetes?: string;
}

/** What issuers are called, in tokens and trust policies, and where what they publish really is. */
export interface Names {
  readonly gitHub: string;
  readonly gitLab: string;
  readonly kubernetes: string;
  azureDevOps(organizationId: string): string;
  /** Of tokens of version 2. */
  entra(tenantId: string): string;
  /** Of tokens of version 1: it ends with a slash. */
  entraV1(tenantId: string): string;
  /** Where this emulator has what a URL names. */
  locate(url: string): string;
  /** The service that stands for a host of the real world. */
  serviceAt(host: string): ServiceNames | undefined;
}

/** Issuers by the addresses that they have here. */
export function localNames(urls: EmulatorUrls): Names {
  return {
    gitHub: urls.github,
    gitLab: urls.gitLab,
    kubernetes: urls.kubernetes,
    azureDevOps: (organizationId) => `${urls.vstoken}/${organizationId}`,
    entra: (tenantId) => `${urls.entra}/${tenantId}/v2.0`,
    entraV1: (tenantId) => `${urls.entra}/${tenantId}/`,
    locate: (url) => url,
    serviceAt: () => undefined,
  };
}

/** Hosts of the public clouds, and who stands for them. Issuers that a set-up names come before. */
const hosts: Readonly<Record<string, ServiceNames>> = {
  'token.actions.githubusercontent.com': 'github',
  'vstoken.dev.azure.com': 'vstoken',
  'dev.azure.com': 'azureDevOps',
  'login.microsoftonline.com': 'entra',
  'sts.windows.net': 'entra',
  'management.azure.com': 'resources',
  'graph.microsoft.com': 'resources',
  'gitlab.com': 'gitLab',
  'sts.googleapis.com': 'google',
  'iamcredentials.googleapis.com': 'google',
  'octo-sts.dev': 'octoSts',
};

/** Source: AWS General Reference, "AWS Security Token Service endpoints and quotas". */
const sts = /^sts(-fips)?(\.[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com(\.cn)?$/;

/** Of all partitions. Source: AWS General Reference, "AWS Identity and Access Management endpoints and quotas". */
const iam = /^iam(-fips)?(\.cn-north-1|\.us-gov)?\.amazonaws\.com(\.cn)?$/;

/**
 * Issuers by their names in the real world, so that a trust policy works here as it is: their keys are this emulator's own.
 * Source: of the names, GitHub Docs, "OpenID Connect reference"; Microsoft Learn, "Workload identity federation" and "Access tokens".
 */
export function realNames(urls: EmulatorUrls, options: IssuerOptions = {}): Names {
  const gitHub = options.gitHub ?? 'https://token.actions.githubusercontent.com';
  const gitLab = options.gitLab ?? 'https://gitlab.com';
  const kubernetes = options.kubernetes ?? 'https://kubernetes.default.svc.cluster.local';
  const own = { [hostOf(gitHub)]: 'github', [hostOf(gitLab)]: 'gitLab', [hostOf(kubernetes)]: 'kubernetes' } as const;
  const all: Readonly<Record<string, ServiceNames>> = { ...hosts, ...own };
  const serviceAt = (host: string) => {
    if (Object.hasOwn(all, host)) return all[host];
    return sts.test(host) ? 'sts' : iam.test(host) ? 'iam' : undefined;
  };
  return {
    gitHub,
    gitLab,
    kubernetes,
    azureDevOps: (organizationId) => `https://vstoken.dev.azure.com/${organizationId}`,
    entra: (tenantId) => `https://login.microsoftonline.com/${tenantId}/v2.0`,
    entraV1: (tenantId) => `https://sts.windows.net/${tenantId}/`,
    serviceAt,
    locate(url) {
      const { protocol, host, pathname, search } = new URL(url);
      const service = protocol === 'https:' ? serviceAt(host) : undefined;
      return service === undefined ? url : `${urls[service]}${pathname}${search}`;
    },
  };
}

const hostOf = (url: string) => new URL(url).host;
