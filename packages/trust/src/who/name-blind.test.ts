import { tokenShapesOf } from '@fedbridge/issuers';
import { expect, test } from 'vitest';
import { sampled } from '../../../../test/harness/sampled.ts';
import { trustPolicies } from '../lint.corpus.ts';
import { parseTrustPolicy } from '../policy.ts';
import { provenOf } from './name-blind.ts';
import { grantsOfPolicy } from './who.ts';
import { kinds } from './words.ts';

const hub = 'https://token.actions.githubusercontent.com';
const claims = ['repository_owner', 'repository', 'repository_id', 'environment', 'ref', 'job_workflow_ref', 'actor'];

/** Subjects by which further forms are told, and claims of which something is demanded beside them. */
const asked = sampled([
  ...claims.map((claim) => ({ subjects: [`${claim}:*`], tested: [] })),
  ...claims.flatMap((one) =>
    claims.map((other) => ({ subjects: [`*${one}:*:${other}:octo*`, `${other}:a:${one}:b`], tested: [one, other] })),
  ),
]);

test.each<readonly [string, () => ReturnType<typeof tokenShapesOf>]>([
  ['GitHub', () => asked.flatMap((one) => tokenShapesOf(hub, undefined, one))],
  ["an enterprise's GitHub", () => tokenShapesOf('https://token.actions.acme.ghe.com')],
  ["a server's GitHub", () => tokenShapesOf('https://ghe.example.com/_services/token')],
  ['GitLab', () => tokenShapesOf('https://gitlab.com')],
  [
    'all of the corpus',
    () => {
      const shapes = sampled(trustPolicies).flatMap(({ document }) => {
        try {
          return grantsOfPolicy(parseTrustPolicy(document), 0).flatMap((grant) => grant.shapes);
        } catch {
          return [];
        }
      });
      return [...new Set(shapes)];
    },
  ],
])('names mean nothing where an issuer says so: %s', (_, shapesOf) => {
  const shapes = shapesOf().filter(({ isOfAnyNames }) => isOfAnyNames);
  expect(shapes.length).toBeGreaterThan(10);
  for (const shape of shapes) expect([...provenOf(shape)], JSON.stringify(shape.claims.sub)).toEqual(kinds);
});
