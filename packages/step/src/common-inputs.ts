import { parsePairs, parseProxy } from '@fedbridge/core';
import { identityNames, parseManagedIdentityId } from '@fedbridge/identity';
import type { InputDefinition } from './input.ts';
import { platformNames } from './platform-name.ts';

/** How long a step may take. */
const timeLimit = {
  type: 'integer',
  label: 'Time limit in seconds',
  group: 'requests',
  minimum: 1,
  maximum: 3_600,
  default: 120,
} as const;

/** The inputs that every check has, beside its own. */
export const checkInputs = {
  actionTimeoutS: { ...timeLimit, description: 'How long the step may take in all, in seconds.' },
  summary: {
    type: 'boolean',
    label: 'Job summary',
    group: 'end',
    default: true,
    description: "Write what was found to the job's summary.",
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** The inputs that every step has, beside its own. */
export const commonInputs = {
  identity: {
    type: 'choice',
    label: 'Identity',
    group: 'identity',
    decides: true,
    options: identityNames(platformNames),
    default: 'auto',
    description:
      "Where the job's identity comes from: the platform's ID token, kubernetes (a projected token file, as " +
      'AZURE_FEDERATED_TOKEN_FILE or AWS_WEB_IDENTITY_TOKEN_FILE names it), managed-identity (of the Azure machine), or, for ' +
      'AWS credentials alone, aws (those that the job, the ECS task, the EKS pod or the EC2 instance has assume the role). ' +
      'auto takes the first of these that is there, and the log says which and why.',
    on: {
      github: "The platform's ID token is called github.",
      'azure-pipelines': "The platform's ID token is called azure-pipelines.",
    },
  },
  managedIdentity: {
    type: 'text',
    label: 'Managed identity',
    group: 'identity',
    decides: true,
    parse: parseManagedIdentityId,
    description:
      'Which managed identity of the machine: system, a client id, "object:" and an object id, or a resource id. By ' +
      "default the machine's own, and for Entra tokens the one of the client id.",
  },
  requireClaims: {
    type: 'text',
    label: 'Required claims',
    group: 'checks',
    guards: true,
    multiline: true,
    parse: parsePairs,
    description:
      'Claims that the ID token must have, "name = pattern" a line, for example "repository_owner_id = 65001" or ' +
      '"rpo_ref = refs/heads/release/*". * stands for any text, ? for one character. Checked before the token is sent, ' +
      'for what the other side cannot check.',
  },
  actionTimeoutS: {
    ...timeLimit,
    description: 'How long the step may take in all, retries and waits included, in seconds.',
  },
  retryMaxAttempts: {
    type: 'integer',
    label: 'Most attempts',
    group: 'requests',
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'How often a request that was throttled or failed is made at the most, within the time limit.',
  },
  disableRetry: {
    type: 'boolean',
    label: 'No retry',
    group: 'requests',
    default: false,
    description: 'Make each request once only.',
  },
  httpProxy: {
    type: 'text',
    label: 'HTTP proxy',
    group: 'requests',
    secret: true,
    parse: parseProxy,
    description:
      'The HTTP proxy for this step, for example http://proxy.example.com:3128. By default that of the environment ' +
      '(https_proxy, all_proxy), which may hold a user name and password.',
    on: { 'azure-pipelines': "Without one, the agent's own, with its user name and password (config.sh --proxyurl)." },
  },
  summary: {
    type: 'boolean',
    label: 'Job summary',
    group: 'end',
    default: true,
    description:
      "Write to the job's summary the identity, expiry and role of the job, why the step failed if it did, and deprecations.",
  },
  cleanup: {
    type: 'boolean',
    label: 'Clean up',
    group: 'end',
    default: true,
    description:
      'Take back at the end of the job what this step gave to it: variables, profiles, logins and files. With false they stay for ' +
      'what runs after it; credentials in files then stay on the machine until they expire or the platform empties its temp folder. ' +
      'After a failure the step takes them back in any case.',
  },
  noProxy: {
    type: 'text',
    label: 'Hosts without proxy',
    group: 'requests',
    description:
      'Hosts that are reached without the proxy, separated by commas: domains with all below them (amazonaws.com), IP ' +
      'addresses and ranges (10.0.0.0/8), each with a port if it is for that port alone, or *. By default those of no_proxy.',
    on: { 'azure-pipelines': "For the agent's own proxy, those of its .proxybypass too." },
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;
