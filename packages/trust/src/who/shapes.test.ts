/**
 * Tests as well:
 * - packages/issuers/src/github-claims.ts
 * - packages/issuers/src/github-shapes.ts
 * - packages/issuers/src/github-subject-shapes.ts
 * - packages/issuers/src/microsoft-shapes.ts
 * - packages/issuers/src/shared-shapes.ts
 * - packages/issuers/src/token-parts.ts
 * - packages/issuers/src/user-directories.ts
 */

import { conditionPrefix, entra, issuers, tokenShapesOf } from '@fedbridge/issuers';
import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const guid = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

/** An issuer's URL of each, made up where each owner has one. */
const urls: Readonly<Record<string, string>> = {
  'GitHub Actions': 'https://token.actions.githubusercontent.com',
  'Azure Pipelines': `https://vstoken.dev.azure.com/${guid}`,
  Entra: `https://login.microsoftonline.com/${tenantOf(entra.exampleSubjects[0] ?? '')}/v2.0`,
  Kubernetes: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
  'GitLab CI/CD': 'https://gitlab.com',
  'HCP Terraform': 'https://app.terraform.io',
  Buildkite: 'https://agent.buildkite.com',
  CircleCI: `https://oidc.circleci.com/org/${guid}`,
  'Bitbucket Pipelines': 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
  Google: 'https://accounts.google.com',
};

function tenantOf(text: string): string {
  const subject = entra.parseSubject(text) as { tenant?: string } | undefined;
  return subject?.tenant ?? '';
}

const policyFor = (iss: string, condition: object) =>
  parseTrustPolicy({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: {
        Federated:
          iss === urls.Google
            ? 'accounts.google.com'
            : `arn:aws:iam::123456789012:oidc-provider/${conditionPrefix(iss)}`,
      },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: condition,
    },
  });

describe.each(issuers.map((issuer) => [issuer.title, issuer] as const))('the tokens of %s', (title, issuer) => {
  const iss = urls[title] ?? '';

  test.each(issuer.exampleSubjects)('have subjects like %s', (subject) => {
    const [admitted] = whoAssumes(
      policyFor(iss, { StringEquals: { [`${conditionPrefix(iss)}:sub`]: subject } }),
      [],
      now,
    );
    expect(admitted).toMatchObject({ exact: true, witness: { claims: { sub: subject } } });
  });

  test('have every claim that STS makes a condition key of, but those of no token', () => {
    const claims = new Set(tokenShapesOf(iss).flatMap((shape) => Object.keys(shape.claims)));
    const missing = issuer.conditionKeys(iss).filter((key) => !key.claims.some((claim) => claims.has(claim)));
    expect(missing).toEqual([]);
  });

  test('have the fields of each claim in one order', () => {
    for (const shape of tokenShapesOf(iss)) {
      const order = Object.keys(shape.fields);
      for (const parts of Object.values(shape.claims)) {
        const places = parts.flatMap((part) => (typeof part === 'string' ? [] : [order.indexOf(part.field)]));
        expect(places).toEqual([...places].sort((one, other) => one - other));
        expect(places).not.toContain(-1);
      }
      for (const owner of shape.owner) expect(order).toContain(owner);
    }
  });
});
