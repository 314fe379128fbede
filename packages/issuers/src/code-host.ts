import { azureDevOpsDomains } from './azure-devops-hosts.ts';

/** Where code is that no job of GitHub's runs for. */
export type OtherCodeHost = 'GitLab' | 'Bitbucket' | 'Azure DevOps' | 'Codeberg';

/** Whose server a host is, where it is one that is known and not GitHub's. @param host - with its port, where there is one */
export function otherCodeHostOf(host: string): OtherCodeHost | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  const known = Object.entries(domains) as [OtherCodeHost, readonly string[]][];
  return known.find(([, all]) => all.some((domain) => name === domain || name.endsWith(`.${domain}`)))?.[0];
}

const domains: Readonly<Record<OtherCodeHost, readonly string[]>> = {
  GitLab: ['gitlab.com'],
  Bitbucket: ['bitbucket.org'],
  Codeberg: ['codeberg.org'],
  'Azure DevOps': azureDevOpsDomains,
};
