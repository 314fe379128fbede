import { type AgentIdentity, application, managedIdentity, type SetupTokens, type Trusted } from '@fedbridge/agent';
import { FedbridgeError, invalid } from '@fedbridge/core';
import { parseClientId } from '@fedbridge/entra';
import { isKubernetesName } from '@fedbridge/issuers';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CommandIdentity, resourceOf } from '../../command-identity.ts';
import { endpoint, issuerUrl, parsed } from '../../option-values.ts';

/** Who agents are, and from which cluster, as the options of a command say. */
export interface TargetOptions {
  readonly managedIdentity?: string;
  readonly application?: string;
  readonly issuer?: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience?: string;
  readonly credentialName?: string;
  readonly keda?: string;
  readonly resourceManager?: string;
  readonly graph?: string;
}

/** Where KEDA's operator runs when it is an add-on of AKS. */
const kedaOfAks = 'kube-system/keda-operator';

/** The options that say who and from where. */
export function withTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--managed-identity <resource id>',
        "the agents' user-assigned managed identity, or a machine with one of its own",
      ).argParser(parsed(parseResourceId)),
    )
    .addOption(
      new Option('--application <client id>', 'the application of the agents, in its place')
        .conflicts('managedIdentity')
        .argParser(parsed(parseClientId)),
    )
    .addOption(
      new Option(
        '--issuer <url>',
        "the issuer of the cluster's service account tokens, exactly; none for a machine's managed identity",
      ).argParser(issuerUrl),
    )
    .addOption(new Option('--namespace <name>', 'the namespace of the agents').default('agents').argParser(name))
    .addOption(
      new Option('--service-account <name>', 'the service account of the agents')
        .default('fedbridge-agent')
        .argParser(name),
    )
    .option('--audience <audience>', "the audience of the projected token; by default the cloud's")
    .addOption(
      new Option('--credential-name <name>', 'what the federated credential of the agents is called').argParser(
        parsed(parseCredentialName),
      ),
    )
    .addOption(
      new Option('--keda [namespace/account]', "KEDA's operator reads the queue as the same identity")
        .preset(kedaOfAks)
        .argParser(parsed(parseAccount)),
    )
    .addOption(
      new Option('--resource-manager <url>', 'another address for Azure Resource Manager').argParser(
        endpoint('The resource manager'),
      ),
    )
    .addOption(
      new Option('--graph <url>', 'another address for Microsoft Graph').argParser(endpoint('Microsoft Graph')),
    );
}

/** The identity that the options name; undefined for none. */
export function agentIdentity(options: TargetOptions, { cloud }: CommandIdentity): AgentIdentity | undefined {
  const { managedIdentity: id, application: clientId } = options;
  const { arm, graph } = cloud.resources;
  const without = (url: string) => url.replace(/\/+$/, '');
  if (id) return managedIdentity({ managedIdentity: id, resourceManager: options.resourceManager ?? without(arm) });
  if (clientId) return application({ application: clientId, graph: options.graph ?? without(graph) });
  return undefined;
}

/** @throws FedbridgeError `INPUT_MISSING` where none is named */
export function requiredIdentity(options: TargetOptions, identity: CommandIdentity): AgentIdentity {
  const named = agentIdentity(options, identity);
  if (named) return named;
  throw new FedbridgeError('INPUT_MISSING', 'One of --managed-identity and --application is required.', {
    hint: 'They say who registers agents.',
  });
}

/** The service accounts that the identity is to trust. @throws FedbridgeError `INPUT_MISSING` */
export function trustedAccounts(options: TargetOptions, { cloud }: CommandIdentity): readonly Trusted[] {
  const { issuer, keda, credentialName, audience = cloud.audience, managedIdentity: id } = options;
  if (issuer !== undefined && id !== undefined && !userAssigned.test(id)) {
    throw new FedbridgeError('INPUT_INVALID', `A system-assigned managed identity trusts no issuer: that of ${id}.`, {
      hint: 'Name the user-assigned managed identity of the agents, or leave --issuer out for agents on that machine.',
    });
  }
  if (issuer === undefined) {
    if (keda === undefined) return [];
    throw new FedbridgeError('INPUT_MISSING', 'With --keda, the option --issuer is required.', {
      hint: 'It is the issuer of the cluster that KEDA runs in.',
    });
  }
  const agents = { ...options, issuer, audience, credentialName };
  const [namespace = '', serviceAccount = ''] = keda?.split('/') ?? [];
  return keda === undefined ? [agents] : [agents, { issuer, audience, namespace, serviceAccount }];
}

/** New tokens of whoever runs the command. */
export function setupTokens(identity: CommandIdentity): SetupTokens {
  const of = (resource: 'azure-devops' | 'arm' | 'graph') => () =>
    identity.accessToken(resourceOf(resource, identity.cloud));
  return { azureDevOps: of('azure-devops'), resourceManager: of('arm'), graph: of('graph') };
}

const userAssigned = /\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[\w-]+$/i;

function parseResourceId(text: string): string {
  if (/^\/subscriptions\/[^/\s?#]+\/resourceGroups\/[^/\s?#]+\/providers\/[\w.]+(\/[^/\s?#]+\/[^/\s?#]+)+$/i.test(text))
    return text;
  throw invalid('expected the resource id of a managed identity or of a machine, which begins with /subscriptions/.');
}

/** Source: Microsoft Learn, "Important considerations and restrictions for federated identity credentials". */
function parseCredentialName(text: string): string {
  if (/^[A-Za-z\d][\w-]{2,119}$/.test(text)) return text;
  throw invalid('expected 3 to 120 letters, digits, - and _, the first a letter or a digit.');
}

function parseAccount(text: string): string {
  const [namespace = '', account = '', ...more] = text.split('/');
  if (isKubernetesName(namespace) && isKubernetesName(account) && more.length === 0) return text;
  throw invalid(`expected a namespace and a service account, such as ${kedaOfAks}.`);
}

function name(text: string): string {
  if (isKubernetesName(text)) return text;
  throw new InvalidArgumentError('expected a name of Kubernetes: small letters, digits, - and dots.');
}
