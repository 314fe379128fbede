import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FedbridgeError, type MachineNetwork, type MachineProxy } from '@fedbridge/core';
import type { ConfiguredNetwork } from '@fedbridge/step';
import { agentVariable } from './job-variables.ts';

/**
 * How the agent was configured to reach the network, by the variables in which it tells its tasks: `config.sh --proxyurl`,
 * `--proxyusername`, `--proxypassword` and `--sslcacert`, `.proxybypass`, `VSTS_HTTP_PROXY`.
 * Source: microsoft/azure-pipelines-agent, `ExecutionContext.InitializeJob`, `VstsAgentWebProxy`, `AgentCertificateManager`.
 *
 * @returns whose `proxy` throws the same where it is malformed
 * @throws FedbridgeError `INPUT_INVALID` if another variable of the job takes the place of one of them, `HTTP_PROXY`
 */
export async function agentNetwork(): Promise<ConfiguredNetwork> {
  const warnings: string[] = [];
  const ca = await agentCa((text) => warnings.push(text));
  const network: MachineNetwork = {
    // Read only where it counts: what is wrong with it is nothing to who gives another.
    get proxy() {
      return agentProxy();
    },
    ca,
    caAdvice: 'give it to the agent (Agent.CAInfo): config.sh --sslcacert',
  };
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

/** The CAs that the agent trusts beside the machine's, those of them that are valid. In a container the path may lead nowhere. */
async function agentCa(warn: (text: string) => void): Promise<string | undefined> {
  const path = agentVariable('Agent.CAInfo').trim();
  if (path === '') return undefined;
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    warn(`${path} (Agent.CAInfo) cannot be read: ${code}. This step trusts the CAs of the machine alone.`);
    return undefined;
  }
  const blocks = pem.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?(?=-----BEGIN |$)/g) ?? [];
  // Most agents have none, and it takes a while to load.
  const { X509Certificate: Certificate } = await import('node:crypto');
  const certificates = blocks.map((block) => certificateIn(block, Certificate));
  const valid = certificates.filter((one) => one !== undefined);
  const broken = certificates.flatMap((one, index) => (one === undefined ? [index + 1] : []));
  if (broken.length > 0)
    warn(`${path} (Agent.CAInfo): of its ${blocks.length} certificates, these are malformed: ${broken.join(', ')}.`);
  if (valid.length > 0) return valid.join('');
  warn(`${path} (Agent.CAInfo) has no valid certificate in PEM: this step trusts the CAs of the machine alone.`);
  return undefined;
}

/** @returns it in PEM, undefined if it is malformed */
function certificateIn(block: string, Certificate: typeof X509Certificate): string | undefined {
  try {
    return new Certificate(block).toString();
  } catch {
    return undefined;
  }
}
