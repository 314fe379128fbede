import { describe, expect, it } from 'vitest';
import {
  actionFactsOf,
  algorithmsOf,
  claimsOf,
  entraLimitsOf,
  OtherShape,
  releaseOf,
  roleActionsOf,
  taskFactsOf,
  webIdentityKeysOf,
} from './facts.ts';

const discovery = JSON.stringify({
  claims_supported: ['sub', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'ref', 'sha'],
  id_token_signing_alg_values_supported: ['RS256'],
});
const reference = JSON.stringify({
  Actions: [
    { Name: 'AssumeRoleWithWebIdentity', ActionConditionKeys: ['gitlab.com:ref'], Resources: [{ Name: 'role' }] },
    { Name: 'AssumeRoot', Resources: [{ Name: 'root-user' }] },
    { Name: 'GetCallerIdentity' },
  ],
});
const action = `
inputs:
  region: { required: true, default: us-east-1 }
  retries: {}
  empty: { default: '' }
outputs:
  account: {}
runs:
  post-if: (!cancelled() && env.CLEAN != 'false')
`;
const task = JSON.stringify({
  inputs: [
    { name: 'connectedServiceNameARM', aliases: ['azureSubscription'], required: true },
    { name: 'visibleAzLogin', defaultValue: 'true' },
  ],
  OutputVariables: [{ name: 'done' }],
});
const limits = `
A maximum of 20 federated identity credentials can be added.

- *issuer* and *subject* are the key pieces of information.
- *issuer* is the URL. This field has a character limit of 600 characters.
- *subject* is the workload. This field has a character limit of 500 characters.
- *name* is the identifier. This field has a character limit of 3-120 characters.
`;

describe('facts of an answer', () => {
  it.each<[string, (text: string) => readonly string[], string, string[]]>([
    ['claims, without the registered ones', claimsOf, discovery, ['ref', 'sha']],
    ['algorithms', algorithmsOf, discovery, ['RS256']],
    ['actions on a role', roleActionsOf, reference, ['sts:AssumeRoleWithWebIdentity']],
    ['condition keys', webIdentityKeysOf, reference, ['gitlab.com:ref']],
    [
      'inputs and outputs of an action',
      actionFactsOf,
      action,
      ['input region (required) = us-east-1', 'input retries', 'input empty', 'output account'],
    ],
    [
      'inputs and outputs of a task',
      taskFactsOf,
      task,
      ['input connectedServiceNameARM/azureSubscription (required)', 'input visibleAzLogin = true', 'output done'],
    ],
    [
      'limits of Entra',
      entraLimitsOf,
      limits,
      ['federated credentials = 20', 'letters of issuer = 600', 'letters of subject = 500', 'letters of name = 3-120'],
    ],
    ['a version', releaseOf, 'https://github.com/kedacore/keda/releases/tag/v2.21.0\n', ['v2.21.0']],
  ])('are %s', (_title, read, text, facts) => {
    expect(read(text)).toEqual(facts);
  });
});

describe('an answer of another shape', () => {
  const all = [
    claimsOf,
    algorithmsOf,
    roleActionsOf,
    webIdentityKeysOf,
    actionFactsOf,
    taskFactsOf,
    entraLimitsOf,
    releaseOf,
  ];
  it.each(
    all.flatMap((read) =>
      ['', '<html>', '{}', '[]', 'null', '{"a": [}'].map((text) => [read.name, text, read] as const),
    ),
  )('is no facts: %s of %j', (_name, text, read) => {
    expect(() => read(text)).toThrow(OtherShape);
  });

  it.each<[string, (text: string) => readonly string[], string]>([
    ['claims that are no texts', claimsOf, '{"claims_supported": [{"name": "sub"}]}'],
    ['claims that are none', claimsOf, '{"claims_supported": []}'],
    ['an action without keys', webIdentityKeysOf, '{"Actions": [{"Name": "AssumeRoleWithWebIdentity"}]}'],
    ['actions on no role', roleActionsOf, '{"Actions": [{"Name": "AssumeRole"}]}'],
    ['actions without names', roleActionsOf, '{"Actions": [{"Resources": [{"Name": "role"}]}]}'],
    ['an input without a name', taskFactsOf, '{"inputs": [{"type": "string"}]}'],
    ['a limit that is not said', entraLimitsOf, limits.replace('500', 'many')],
    ['a release of a branch', releaseOf, 'https://github.com/kedacore/keda/releases/tag/nightly'],
    ['a release elsewhere', releaseOf, 'https://github.com.evil.example/kedacore/keda/releases/tag/v2.21.0'],
  ])('is told of %s', (_title, read, text) => {
    expect(() => read(text)).toThrow(OtherShape);
  });
});
