import { describe, expect, test } from 'vitest';
import type { AnyFederatedCredential } from '../federated-credential.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoPresents } from './who.ts';

const now = 1_790_000_000;
const issuer = 'https://token.actions.githubusercontent.com';
const audiences = ['api://AzureADTokenExchange'];
const mine = ['github:octo@65001'].map((text) => parseMine(text) as Mine);

const exact = (subject: string): AnyFederatedCredential => ({ name: 'one', issuer, subject, audiences });
const flexible = (value: string): AnyFederatedCredential => ({
  name: 'one',
  issuer,
  audiences,
  claimsMatchingExpression: { value, languageVersion: 1 },
});

describe('whoever a federated credential allows', () => {
  test.each([
    ['a subject of ours', exact('repo:octo/app:ref:refs/heads/main'), 'only mine', []],
    ['a subject of ours with ids', exact('repo:octo@65001/app@7:pull_request'), 'only mine', []],
    ['somebody else', exact('repo:evil/app:ref:refs/heads/main'), 'named others', ['evil']],
    ['a subject that is customized and names no owner', exact('environment:production'), 'any account', []],
    ['a subject that no token has', exact('repo:octo/app'), 'only mine', []],
    ['a text that is no subject', exact('octo/app'), 'nobody', []],
    [
      'an id of ours, and any subject',
      flexible("claims['sub'] matches 'repo:*' and claims['repository_owner_id'] eq '65001'"),
      'only mine',
      [],
    ],
    [
      'another id, and a subject that begins like ours',
      flexible("claims['sub'] matches 'repo:octo*' and claims['repository_owner_id'] eq '99'"),
      'named others',
      ['@99'],
    ],
    ['an expression that Entra does not take', flexible("claims['sub'] matches 'repo:*'"), 'nobody', []],
  ] as const)('is told: %s', (_, credential, reach, owners) => {
    const [admitted] = whoPresents([credential], mine, now);
    expect(admitted).toMatchObject({ reach, owners, exact: true });
    expect(admitted?.witness === undefined).toBe(reach === 'nobody');
  });
});
