import { labelBefore } from './url.ts';

/** Where organizations are served, `https://<host>/<organization>`. */
export const azureDevOpsHost = 'dev.azure.com';

/** Where they were before, `https://<organization>.<domain>`, and are still. */
const formerDomain = 'visualstudio.com';

/** The hosts, with all below them, where jobs ask for their tokens. */
export const azureDevOpsDomains: readonly string[] = [azureDevOpsHost, formerDomain];

/** The organization whose own host this is, under the former domain; undefined for any other host. */
export function organizationAt(hostname: string): string | undefined {
  return labelBefore(hostname.toLowerCase(), formerDomain);
}

/** Whether Azure DevOps Services, its repositories included, are served at a host. @param host - with its port, where there is one */
export function isAzureDevOpsHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:443$/, '');
  return name === azureDevOpsHost || organizationAt(name) !== undefined;
}

/** Where the users of organizations at a host are kept. Source: Microsoft Learn, "Member Entitlement Management". */
export function entitlementsHostOf(host: string): string {
  const organization = organizationAt(host);
  if (organization !== undefined) return `${organization}.vsaex.${formerDomain}`;
  return host === azureDevOpsHost ? `vsaex.${azureDevOpsHost}` : host;
}
