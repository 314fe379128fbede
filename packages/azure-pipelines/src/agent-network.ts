import { readFileSync } from 'node:fs';
import { FedbridgeError, type MachineNetwork, type MachineProxy } from '@fedbridge/core';
import type { ConfiguredNetwork } from '@fedbridge/step';
import { agentVariable } from './job-variables.ts';

/**
 * How the agent was configured to reach the network, by the variables in which it tells its tasks: `config.sh --proxyurl`,
 * `--proxyusername`, `--proxypassword` and `--sslcacert`, `.proxybypass`, `VSTS_HTTP_PROXY`.
 * Source: microsoft/azure-pipelines-agent, `ExecutionContext.InitializeJob`, `VstsAgentWebProxy`, `AgentCertificateManager`.
 *
 * @throws FedbridgeError `INPUT_INVALID` if another variable of the job takes the place of one of them, `HTTP_PROXY`
 */
export function agentNetwork(): ConfiguredNetwork {
  const warnings: string[] = [];
  const network: MachineNetwork = { proxy: agentProxy(), ca: agentCa((text) => warnings.push(text)) };
  if (/^true$/i.test(agentVariable('Agent.SkipCertValidation'))) {
    warnings.push(
      'The agent was configured to accept any certificate (Agent.SkipCertValidation): what it and other tasks send may reach a stranger. ' +
        'This step verifies certificates all the same. Have the agent trust your own CA instead: config.sh --sslcacert.',
    );
  }
  return { network, warnings };
}

function agentProxy(): MachineProxy | undefined {
  const address = agentVariable('Agent.ProxyUrl').trim();
  if (address === '') return undefined;
  return {
    url: withAccount(address, agentVariable('Agent.ProxyUsername'), agentVariable('Agent.ProxyPassword')),
    bypass: bypassList(agentVariable('Agent.ProxyBypassList')),
    source: 'Agent.ProxyUrl',
    account:
      'See the user name and password that the agent was configured with: config.sh --proxyusername and --proxypassword, or ' +
      'VSTS_HTTP_PROXY_USERNAME and VSTS_HTTP_PROXY_PASSWORD in its environment.',
  };
}

/** What is no URL stays as it is: who uses it tells. */
function withAccount(address: string, username: string, password: string): string {
  if (username === '' || !URL.canParse(address)) return address;
  const url = new URL(address);
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** @param json - a list of regular expressions @throws FedbridgeError `HTTP_PROXY` */
function bypassList(json: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(json || '[]');
    if (Array.isArray(list) && list.every((pattern) => typeof pattern === 'string')) return list;
  } catch {
    // As below.
  }
  throw new FedbridgeError('HTTP_PROXY', 'The variable Agent.ProxyBypassList is not a list in JSON.', {
    hint: 'The agent makes it of the lines of its file .proxybypass. See what else sets that variable.',
  });
}

/** The CA that the agent trusts beside the machine's. In a container the path may lead nowhere. */
function agentCa(warn: (text: string) => void): string | undefined {
  const path = agentVariable('Agent.CAInfo').trim();
  if (path === '') return undefined;
  try {
    const pem = readFileSync(path, 'utf8');
    if (/^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/m.test(pem)) return pem;
    warn(`${path} (Agent.CAInfo) has no certificate in PEM: this step trusts the CAs of the machine alone.`);
  } catch (error) {
    const { code } = error as { code?: string };
    warn(`${path} (Agent.CAInfo) cannot be read: ${code}. This step trusts the CAs of the machine alone.`);
  }
  return undefined;
}
