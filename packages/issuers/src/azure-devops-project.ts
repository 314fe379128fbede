import { isGuid } from '@fedbridge/core/guid';
import { isAzureDevOpsIssuer } from './azure-devops.ts';
import { azureDevOpsHost, organizationAt } from './azure-devops-hosts.ts';

/**
 * What users have at hand for a project of Azure DevOps: `contoso/web`, the address of any of its pages, or what git clones.
 *
 * @returns undefined where the text names no project, or not on Azure DevOps Services
 */
export function parseProjectName(text: string): { organization: string; project: string } | undefined {
  const [, sshPath] = /^(?:ssh:\/\/)?[\w.-]+@ssh\.dev\.azure\.com[:/]v3\/([^/]+\/[^/]+)\/[^/]+$/i.exec(text) ?? [];
  if (sshPath !== undefined) return parseProjectName(`https://${azureDevOpsHost}/${sshPath}`);
  const address = /^(?:https?:\/\/)?(?:[^@/]*@)?([\w-]+\.[\w.-]+)\/(.*)$/i.exec(text);
  const [organization = '', project = '', ...more] = address
    ? namesBelow((address[1] ?? '').toLowerCase(), address[2] ?? '')
    : text.split('/');
  if (more.length > 0 || !/^[a-z\d-]+$/i.test(organization) || !isName(project)) return undefined;
  return { organization, project };
}

/**
 * The id of an organization as its tokens have it: with dashes, in lower case. It is read with braces or without dashes, as the last part
 * of the organization's issuer, and as extensions and identities of the organization have it, `VisualStudioOnline-<32 digits>`.
 *
 * @returns undefined for what is no GUID
 */
export function parseOrganizationId(text: string): string | undefined {
  const lower = text.toLowerCase();
  const id = isAzureDevOpsIssuer(lower)
    ? lower.slice(lower.lastIndexOf('/') + 1)
    : lower.replace(/^\{(.*)\}$|^visualstudioonline-/, '$1');
  const dashed = id.replace(/^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/, '$1-$2-$3-$4-$5');
  return isGuid(dashed) ? dashed : undefined;
}

/** The names in the address of a page: what comes after them begins with an underscore. */
function namesBelow(host: string, path: string): readonly string[] {
  const texts = path.replace(/[?#].*$/, '').split('/');
  const names = texts.filter((one) => one !== '').map(decoded);
  const former = organizationAt(host);
  const ofFormer = () => [former ?? '', ...names.filter((one, index) => index > 0 || one !== 'DefaultCollection')];
  const all = former === undefined ? (host === azureDevOpsHost ? names : []) : ofFormer();
  const page = all.findIndex((one, index) => index >= 2 && one.startsWith('_'));
  return page < 0 ? all : all.slice(0, page);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const isName = (text: string) => text !== '' && text === text.trim();
