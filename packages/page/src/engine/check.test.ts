import { describe, expect, it } from 'vitest';
import { examples } from '../examples.ts';
import { check } from './check.ts';

const now = 1_790_000_000;
const checked = (text: string, mine = '', token = '', parameters = '') => check({ text, mine, token, parameters, now });
const [wide, narrow, credentials] = examples.map(({ text }) => text) as [string, string, string];
const claims = { iss: 'https://token.actions.githubusercontent.com', aud: 'sts.amazonaws.com' };

describe('what is told of a text', () => {
  it('is who is allowed, with a token, and what is wrong with its place', async () => {
    const { standing, sentence, documents } = await checked(wide, 'github:octo');
    expect(standing).toBe('any account');
    expect(sentence).toBe('Anybody with an account at GitHub Actions is allowed.');
    expect(documents[0]?.admitted[0]?.witness?.claims.sub).toMatch(/^repo:octo.+\/.+:ref:refs\/heads\/main$/);
    expect(documents[0]?.findings.map(({ rule, position }) => [rule, position.line])).toContainEqual([
      'aws/wildcard-owner',
      wide.split('\n').findIndex((line) => line.includes(':sub"')) + 1,
    ]);
  });

  it('is by the clock of the browser: a window that has passed is said to be over', async () => {
    const dated = (at: string) => {
      const policy = JSON.parse(narrow);
      policy.Statement[0].Condition.DateLessThan = { 'aws:CurrentTime': at };
      return JSON.stringify(policy);
    };
    const over = await checked(dated('2026-09-21T14:13:19Z'));
    expect(over.documents[0]?.findings.map(({ rule }) => rule)).toContain('aws/expired');
    expect(over.sentence).toBe('Nobody is allowed.');
    const open = await checked(dated('2026-09-21T14:13:21Z'));
    expect(open.documents[0]?.findings.map(({ rule }) => rule)).not.toContain('aws/expired');
  });

  it('is of credentials the same, and of YAML', async () => {
    expect((await checked(credentials, 'github:octo')).standing).toBe('only mine');
    const yaml =
      'Statement:\n  Effect: Allow\n  Principal: {AWS: "*"}\n  Action: sts:AssumeRole\nVersion: 2012-10-17\n';
    expect((await checked(yaml)).standing).toBe('any account');
  });

  it('is never that nobody is allowed where something was not read', async () => {
    const template = JSON.parse(narrow);
    template.Statement[0].Principal.Federated = { Ref: 'Provider' };
    const resource = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: template } };
    const text = JSON.stringify({ Resources: { Role: resource } });
    const { standing, sentence } = await checked(text);
    expect({ standing, sentence }).toEqual({
      standing: 'not known',
      sentence: 'Of what was not read nothing is known.',
    });
    const parameter = `Provider=${JSON.parse(narrow).Statement[0].Principal.Federated}`;
    expect(await checked(text, '', '', parameter)).toMatchObject({ standing: 'named others', isTemplate: true });
  });

  it('is what is fixed without a decision, and who is allowed by that', async () => {
    const [document] = (await checked(wide)).documents;
    expect(document?.fixed?.fixes.map(({ rule }) => rule)).toEqual(['aws/no-aud']);
    expect(document?.fixed?.gained).toEqual([]);
    expect((await checked(document?.fixed?.text ?? '')).documents[0]?.fixed).toBeUndefined();
  });

  it('is that nobody is newly allowed by a fix that widens nothing, whatever the document is called', async () => {
    const role = { Arn: 'arn:aws:iam::123456789012:role/deploy', AssumeRolePolicyDocument: JSON.parse(wide) };
    const { documents } = await checked(JSON.stringify([role, { ...role, Arn: `${role.Arn}-2` }]), 'github:octo');
    expect(documents.map(({ fixed }) => fixed?.gained)).toEqual([[], []]);
  });

  it.each([
    ['{"Statement": [', { line: 1, column: 16 }],
    ['{"Version": "2012-10-17"}', undefined],
    ['a: [', { line: 1, column: 5 }],
  ])('is why %j is not read', async (text, position) => {
    const { problem, sentence } = await checked(text);
    expect(problem?.message).toMatch(/^[A-Z].*\.$/);
    expect({ position: problem?.position, sentence }).toEqual({ position, sentence: '' });
  });

  it('is that an export of an account is for the command', async () => {
    const AssumeRolePolicyDocument = JSON.parse(narrow);
    const RoleDetailList = Array.from({ length: 5_000 }, (_, index) => ({
      ...{ RoleName: `role-${index}`, Arn: `arn:aws:iam::123456789012:role/role-${index}`, AssumeRolePolicyDocument },
    }));
    const { problem, documents } = await checked(JSON.stringify({ RoleDetailList }));
    expect(problem?.message).toBe('This text has 5000 documents: that is for the command, fedbridge trust audit.');
    expect(documents).toEqual([]);
  });

  it('is whether a token is allowed, and why not', async () => {
    const sub = 'repo:octo@65001/app@724113:environment:production';
    const verdictOf = async (claim: string) => {
      const { documents } = await checked(narrow, '', JSON.stringify({ ...claims, sub: claim }));
      return documents[0]?.verdict;
    };
    expect(await verdictOf(sub)).toMatchObject({ allowed: true });
    expect(await verdictOf(sub.replace('production', 'Production'))).toMatchObject({
      allowed: false,
      why: [expect.stringContaining('case')],
    });
  });

  it('is which owner cannot be one of ours, and who may be', async () => {
    expect((await checked(narrow, 'github:octo, gitlub:x')).mineProblem).toContain('gitlub:x');
    expect((await checked(narrow)).owners).toEqual(['github:octo']);
  });
});
