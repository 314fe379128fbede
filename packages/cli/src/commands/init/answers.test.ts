/**
 * What `az` and `aws` may print instead of what they should: generated from what they do print, a part of it replaced.
 *
 * Tests as well:
 * - packages/cli/src/live/answer.ts
 */

import { parseRegion } from '@fedbridge/aws';
import type { System } from '@fedbridge/core';
import { FedbridgeError } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { SignedIn } from '../../live/signed-in-tool.ts';
import type { Terminal } from '../../terminal.ts';
import { aws } from './aws.ts';
import { azure } from './azure.ts';
import type { CloudTarget } from './cloud.ts';
import type { InitOptions } from './options.ts';
import { perform } from './plan.ts';

const [tenantId, subscriptionId, id] = [1, 2, 3].map((one) => `0000000${one}-0000-4000-8000-000000000000`);
const account = '123456789012';
const provider = 'token.actions.githubusercontent.com';
const issuer = `https://${provider}`;
const trusts = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${provider}:sub`]: 'repo:octo/lib:ref:refs/heads/main' } },
};
const application = {
  id,
  appId: id,
  displayName: 'octo/app',
  secrets: [{ end: '2099-01-01T00:00:00Z' }],
  certificates: null,
};
const federation = { workloadIdentityFederationIssuer: issuer, workloadIdentityFederationSubject: 'sc://a/b/c' };
const connection = {
  ...{ id, type: 'azurerm', data: { subscriptionId, environment: 'AzureCloud' } },
  authorization: {
    scheme: 'WorkloadIdentityFederation',
    parameters: { tenantid: tenantId, serviceprincipalid: id, ...federation },
  },
};

/** By what stands in a command line, the first that does. */
const answers: Readonly<Record<string, unknown>> = {
  'account show': {
    ...{ id: subscriptionId, name: 'Production', tenantId, environmentName: 'AzureCloud' },
    user: { name: 'mona@contoso.com' },
  },
  'ad app list': [application],
  'ad sp list': [{ id, secrets: [], certificates: [{ end: '2099-01-01T00:00:00Z' }] }],
  'owner list': [{ id, displayName: 'Mona', userPrincipalName: 'mona@contoso.com' }],
  'federated-credential list': [
    { name: 'one', issuer, subject: 'repo:octo/lib:ref:refs/heads/main', audiences: ['x'] },
  ],
  'role assignment list': [{ roleDefinitionName: 'Reader', roleDefinitionId: '/x', scope: '/subscriptions/x' }],
  'role definition list': [{ name: 'x' }],
  'app create': application,
  'sp create': { id },
  '_apis/projects': { id },
  endpointNames: { value: [connection] },
  'method=post': connection,
  'get-caller-identity': { Account: account, Arn: 'arn:aws:iam::123456789012:user/mona' },
  'get-open-id-connect-provider': { ClientIDList: ['other'] },
  'get-role': {
    Role: {
      Arn: `arn:aws:iam::${account}:role/deploy`,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trusts] },
    },
  },
  'list-attached': { AttachedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] },
};

/** A cloud's tool that prints those, but for some. */
function toolThatPrints(instead: Readonly<Record<string, string>>, asked = new Set<string>()): SignedIn {
  const run = async ({ args }: { readonly args: readonly string[] }) => {
    const line = args.join(' ');
    const [part = ''] = Object.keys(answers).filter((one) => line.includes(one));
    if (part !== '') asked.add(part);
    const text = instead[part] ?? JSON.stringify(answers[part] ?? {});
    return { exitCode: 0, output: '', bytes: Buffer.from(text) };
  };
  const terminal = { interruptible: (work: (stop: AbortSignal) => unknown) => work(AbortSignal.any([])), log() {} };
  return new SignedIn(
    { terminal: terminal as unknown as Terminal, system: { run, environment: {} } as unknown as System },
    [],
  );
}

const gitHub: InitOptions = { github: 'octo/app', branch: 'main' };
const inAzure = {
  tenantId,
  subscriptionId,
  roleAssignment: [{ role: 'Owner', scope: `/subscriptions/${subscriptionId}` }],
};
const targets: Readonly<Record<string, () => CloudTarget>> = {
  azure: () => azure.target({ ...gitHub, ...inAzure, application: id } as InitOptions),
  'azure pipelines': () => azure.target({ ...inAzure, azurePipelines: 'a/b', serviceConnection: 'c' } as InitOptions),
  aws: () => aws.target({ ...gitHub, account, awsRegion: parseRegion('eu-central-1') }),
};

/** Every part of a value in turn, as something else or not there at all. */
function* changed(value: unknown): Generator<unknown> {
  yield* [null, 7, 'x', [], {}, [null]];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const others = Object.entries(value).filter(([other]) => other !== name);
    yield Array.isArray(value) ? others.map(([, one]) => one) : Object.fromEntries(others);
    for (const one of changed(part))
      yield Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [name]: one });
  }
}

function* printed(part: string): Generator<string> {
  const whole = JSON.stringify(answers[part]);
  yield* [
    '',
    '\n',
    '<!DOCTYPE html>',
    `WARNING: old\n${whole}`,
    `${whole}\nWARNING: old`,
    whole.slice(0, -1),
    `\u{feff}{`,
  ];
  for (const one of changed(answers[part])) yield JSON.stringify(one);
}

/** What became of it: no error but ours is right, and none that nobody foresaw. */
async function problemOf(work: () => Promise<unknown>): Promise<FedbridgeError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof FedbridgeError && error.code !== 'INTERNAL') return error;
    throw error;
  }
}

const making = new Set(['app create', 'sp create', 'method=post']);

describe('an answer that is not what it should be', () => {
  it.each(Object.keys(targets))('%s', async (name) => {
    const target = targets[name] as () => CloudTarget;
    const asked = new Set<string>();
    const plan = await target().plan(toolThatPrints({}, asked), 0);
    for (const part of asked)
      for (const text of printed(part)) await problemOf(() => target().plan(toolThatPrints({ [part]: text }), 0));
    expect(asked.size).toBeGreaterThan(2);
    expect(plan.steps.length).toBeGreaterThan(1);
  });

  it('of a create: what is done and what is left is said', async () => {
    const nothing = { 'ad app list': '[]', endpointNames: '{"value":[]}' };
    const asked = new Set<string>();
    const { application: _, ...unnamed } = inAzure as InitOptions;
    const target = azure.target({ ...unnamed, azurePipelines: 'a/b', serviceConnection: 'c' });
    const plan = await target.plan(toolThatPrints(nothing), 0);
    await perform(plan, toolThatPrints({}, asked), () => {});
    const parts = [...asked].filter((part) => making.has(part));
    expect(parts).toEqual([...making]);
    for (const part of parts)
      for (const text of printed(part)) {
        const problem = await problemOf(() => perform(plan, toolThatPrints({ [part]: text }), () => {}));
        if (problem) expect(problem.detail.hint).toMatch(/(Done|Nothing was done).*\nNot known.*\nLeft: /s);
      }
    expect(await problemOf(() => perform(plan, toolThatPrints({ 'sp create': '' }), () => {}))).toMatchObject({
      code: 'ANSWER_MALFORMED',
    });
  });
});
