import { IdToken } from '@fedbridge/identity';
import { describe, expect, it } from 'vitest';
import { denials } from './denials.ts';

const expiry = '2026-11-26T12:00:00.000Z';

function token(aud: string | readonly string[]): IdToken {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'https://gitlab.com',
    sub: 'project_path:a/b',
    aud,
    exp: Date.parse(expiry) / 1000,
    job_id: '8',
  };
  return IdToken.parse(`${part({ alg: 'RS256' })}.${part(claims)}.c2ln`);
}

const forAws = { variable: 'AWS_TOKEN', token: token('sts.amazonaws.com') };
const forBoth = { variable: 'BOTH', token: token(['one', 'two']) };
const listed = 'AWS_TOKEN is for sts.amazonaws.com; BOTH is for one, two.';

describe('what a job without a token for its audience is told', () => {
  it('is what its file must say, with that audience', () => {
    const fix = { document: 'id_tokens:\n  FEDBRIDGE_ID_TOKEN:\n    aud: "api://x: \\"y\\""' };
    expect(denials.none('api://x: "y"').detail).toMatchObject(fix);
    expect(denials.forOthers([forAws], 'api://x: "y"').detail).toMatchObject(fix);
    expect(denials.none(undefined).detail.document).toContain('aud: "<audience>"');
  });

  it('is which tokens it has, and for whom', () => {
    expect(denials.several([forAws, forBoth]).message).toContain(listed);
    expect(denials.forOthers([forAws, forBoth], 'three').message).toContain(`is for three: ${listed}`);
  });
});

it('a token that may not leave is named by its variable, with what it says of itself', () => {
  expect(denials.forSeveral('BOTH', forBoth.token).message).toContain('BOTH is for several audiences');
  expect(denials.ofAnotherJob('AWS_TOKEN', forAws.token, '7').message).toContain(
    'AWS_TOKEN is of job 8; this is job 7.',
  );
  expect(denials.expired('AWS_TOKEN', forAws.token).message).toContain(`AWS_TOKEN expired at ${expiry}.`);
});
