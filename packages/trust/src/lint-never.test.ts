import { issuers } from '@fedbridge/issuers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampled, sampledCount } from '../../../test/harness/sampled.ts';
import { of } from './corpus/sample.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { meantByRepository, whyNoClaim, whyNoIssuer, whyNoSubject } from './lint-never.ts';
import { parseTrustPolicy } from './policy.ts';
import { whoAssumes } from './who/who.ts';

const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
/** An issuer of each service. */
const urls: Readonly<Record<string, string>> = {
  'GitHub Actions': 'https://token.actions.githubusercontent.com',
  'Azure Pipelines': `https://vstoken.dev.azure.com/${id}`,
  Entra: `https://login.microsoftonline.com/${id}/v2.0`,
  Kubernetes: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
  'GitLab CI/CD': 'https://gitlab.com',
  'HCP Terraform': 'https://app.terraform.io',
  Buildkite: 'https://agent.buildkite.com',
  CircleCI: `https://oidc.circleci.com/org/${id}`,
  'Bitbucket Pipelines': 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
  Google: 'https://accounts.google.com',
};
const examples = issuers.flatMap(({ title, exampleSubjects }) =>
  exampleSubjects.map((subject) => ({ title, iss: urls[title] ?? '', subject })),
);
const from = fc.constantFrom(...examples);

describe('a subject that no token has', () => {
  it.each(examples)('is none of the forms: $title, $subject', ({ title, iss, subject }) => {
    const issuer = issuers.find((one) => one.title === title);
    expect(issuer?.is(iss)).toBe(true);
    expect(issuer?.parseSubject(subject)).toBeDefined();
    expect(whyNoSubject(iss, subject)).toBeUndefined();
  });

  it('is none of the patterns that some subject fits', () => {
    fc.assert(
      fc.property(from, fc.nat(), fc.nat(), fc.constantFrom('*', '?'), ({ iss, subject }, at, length, wildcard) => {
        const start = at % (subject.length + 1);
        const end = wildcard === '?' ? start + 1 : start + (length % (subject.length + 1));
        const pattern = subject.slice(0, start) + wildcard + subject.slice(end);
        expect([pattern, whyNoSubject(iss, pattern)]).toEqual([pattern, undefined]);
      }),
      { numRuns: sampledCount(2_000) },
    );
  });

  it('is one with a blank around it, without its first word, or of another issuer', () => {
    fc.assert(
      fc.property(from, from, (one, other) => {
        const { iss, subject } = one;
        for (const text of [` ${subject}`, `${subject} `, `${subject}\n`])
          expect(whyNoSubject(iss, text)).toBeDefined();
        const isOpen = one.title === 'Entra' || /^[\da-f-]{36}$|^\d+$/.test(other.subject);
        const shares = issuers.find(({ title }) => title === other.title)?.parseSubject(subject) !== undefined;
        const fits = issuers.find(({ title }) => title === one.title)?.parseSubject(other.subject) !== undefined;
        if (one.title !== other.title && !isOpen && !shares && !fits)
          expect(whyNoSubject(iss, other.subject)).toBeDefined();
      }),
    );
  });

  it.each([
    ['repo:octo/app:refs/heads/main', 'repo:octo/app:ref:refs/heads/main'],
    ['repo:octo/app:ref:main', 'repo:octo/app:ref:refs/heads/main'],
    ['repo:octo/app:heads/main', 'repo:octo/app:ref:refs/heads/main'],
    ['repo:octo/app:ref:refs/head/main', 'repo:octo/app:ref:refs/heads/main'],
    ['repo:octo/app:ref:refs/branches/main', 'repo:octo/app:ref:refs/heads/main'],
    ['repo:octo/app:ref:refs/tag/v1', 'repo:octo/app:ref:refs/tags/v1'],
    ['repo:octo/app:branch:main', 'repo:octo/app:ref:refs/heads/main'],
    ['Repo:octo/app:pull_request', 'repo:octo/app:pull_request'],
    ['repo:octo/app:environment:prod:eu', 'repo:octo/app:environment:prod%3Aeu'],
    ['repo:octo/app:environment=prod', 'repo:octo/app:environment:prod'],
    ['repo:https://github.com/octo/app:ref:refs/heads/main', 'repo:octo/app:ref:refs/heads/main'],
    ['https://github.com/octo/app:ref:refs/heads/main', 'repo:octo/app:ref:refs/heads/main'],
    ['https://github.com/octo/app', 'repo:octo/app:ref:refs/heads/main'],
    ['octo/app:ref:refs/heads/main', 'repo:octo/app:ref:refs/heads/main'],
    ['repo: octo/app:ref:refs/heads/main', 'repo:octo/app:ref:refs/heads/main'],
    ['repo:octo/app:', 'repo:octo/app:ref:refs/heads/main'],
    ['repo:octo/app/', 'repo:octo/app:ref:refs/heads/main'],
    ['octo/app', 'repo:octo/app:ref:refs/heads/main'],
  ])('is told with what was meant: %s', (subject, meant) => {
    expect(whyNoSubject(urls['GitHub Actions'] ?? '', subject)).toBe(
      `No token of GitHub Actions has the subject ${JSON.stringify(subject)}. Is ${meant} meant?`,
    );
  });
});

it.each(['environment:', 'base_ref::environment:', 'ref:'])(
  'a customized subject may have a claim without a value: %s',
  (subject) => expect(whyNoSubject(urls['GitHub Actions'] ?? '', subject)).toBeUndefined(),
);

it.each(['job_workflow_ref:', 'actor:', 'repo:', 'repo:octo/app:', 'repo:octo/app:environment:'])(
  'and others are never without one: %s',
  (subject) => {
    expect(whyNoSubject(urls['GitHub Actions'] ?? '', subject)).toBeDefined();
  },
);

it('a repository alone is a subject of a template that few have, and is told with what was likely meant', () => {
  const hub = urls['GitHub Actions'] ?? '';
  for (const repository of ['repo:octo/app', 'repo:octo@65001/app@724113']) {
    expect(whyNoSubject(hub, repository)).toBeUndefined();
    expect(meantByRepository(hub, repository)).toBe(`${repository}:ref:refs/heads/main`);
    expect(meantByRepository(hub, `${repository}:pull_request`)).toBeUndefined();
    expect(meantByRepository(urls.Buildkite ?? '', repository)).toBeUndefined();
  }
});

it('a pull request stands beside no environment, which is the context of a job that has one, on a template of any order', () => {
  const hub = urls['GitHub Actions'] ?? '';
  for (const repository of ['repo:octo/app', 'repo:octo@65001/app@724113', 'repository_owner:octo'])
    for (const rest of [
      'environment:dev:pull_request',
      'pull_request:environment:dev',
      'actor:x:pull_request:environment:dev',
    ]) {
      const subject = `${repository}:${rest}`;
      const meant = repository.startsWith('repo:') ? subject.replace(':pull_request', '') : undefined;
      expect(whyNoSubject(hub, subject)).toContain(meant === undefined ? ' look like ' : `Is ${meant} meant?`);
      const iss = hub.replace('https://', '');
      const document = of(iss, 'sts.amazonaws.com', { sub: subject });
      expect(lintTrustPolicy(document).map(({ rule }) => rule)).toEqual(['never-matches']);
      expect(whoAssumes(parseTrustPolicy(document), [], 0)).toMatchObject([{ reach: 'nobody' }]);
    }
  // Of a job without one the claim is there, and empty; and an environment may be called so.
  for (const rest of ['environment::pull_request', 'environment:pull_request', 'environment:dev:ref:refs/pull/1/merge'])
    expect(whyNoSubject(hub, `repo:octo/app:${rest}`)).toBeUndefined();
});

it('a subject has the context beside the claim that it is, as templates of repo, context and ref make it', () => {
  const iss = (urls['GitHub Actions'] ?? '').replace('https://', '');
  const who = (document: object) => whoAssumes(parseTrustPolicy(document), [], 0);
  for (const twice of [
    ...['ref:refs/heads/main:ref:refs/heads/main', 'environment:dev:environment:dev', 'ref::ref:'],
    ...['ref:refs/tags/v1:ref:refs/tags/v1:actor:ann', 'environment:dev:actor:ann:environment:dev:ref:refs/heads/main'],
  ]) {
    expect(whyNoSubject(`https://${iss}`, `repo:octo/app:${twice}`)).toBeUndefined();
    expect(who(of(iss, 'sts.amazonaws.com', { sub: `repo:octo/app:${twice}` }))).toMatchObject([
      { reach: 'named others', exact: true },
    ]);
    expect(who(of(iss, 'sts.amazonaws.com', {}, { sub: `repo:*:${twice}` }))).toMatchObject([{ reach: 'any account' }]);
  }
});

describe('an issuer that no token has', () => {
  it.each(Object.entries(urls))('is none of those that are known, and is nearly one of %s', (_title, iss) => {
    expect(whyNoIssuer(iss)).toBeUndefined();
    for (const text of [
      `${iss}/`,
      `${iss}//`,
      `${iss}/.well-known/openid-configuration`,
      iss.replace(/[a-z]+\./, (label) => label.toUpperCase()),
    ])
      expect([text, whyNoIssuer(text)]).toEqual([text, expect.any(String)]);
  });

  it.each(['https://idp.example.com', 'https://acme.eu.auth0.com/', 'https://gitlab.example.com', ''])(
    'is none of which nothing is known: %s',
    (iss) => expect(whyNoIssuer(iss)).toBeUndefined(),
  );
});

it('what is longer than a cloud takes is not read for what was meant', () => {
  const hub = urls['GitHub Actions'] ?? '';
  for (const [length, isTold] of [
    [4096, true],
    [4097, false],
  ] as const) {
    expect(whyNoIssuer(hub.padEnd(length, '/')) !== undefined).toBe(isTold);
    expect(whyNoSubject(hub, 'repo:octo/app:refs/heads/'.padEnd(length, 'x')) !== undefined).toBe(isTold);
    expect(whyNoClaim(hub, 'repository_id', 'x'.repeat(length)) !== undefined).toBe(isTold);
  }
});

it('takes no minutes, whatever is in a document', () => {
  const before = process.cpuUsage();
  for (const part of sampled([
    '/',
    ':',
    '*',
    '?',
    '${',
    '${a}',
    ' ',
    'a:',
    'repo:',
    'octo@',
    '%3A',
    '}*',
    'system:serviceaccount:',
  ])) {
    const long = part.repeat(100_000 / part.length);
    for (const [title, iss] of Object.entries(urls)) {
      const host = iss.slice('https://'.length);
      const subject = (issuers.find((one) => one.title === title)?.exampleSubjects[0] ?? '').slice(0, 9) + long;
      lintTrustPolicy({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringLike: { [`${host}:sub`]: subject }, StringEquals: { [`${host}:aud`]: long } },
        },
      });
      lintFederatedCredentials([{ name: long, issuer: iss + long, subject, audiences: [long] }]);
      lintFederatedCredentials([{ name: 'main', issuer: iss, subject, audiences: [long] }]);
    }
  }
  const { user, system } = process.cpuUsage(before);
  // 390 documents of 100 kB and more, in what one alone may take, in µs of CPU: what other processes do is not counted.
  expect(user + system).toBeLessThan(60_000_000);
});
