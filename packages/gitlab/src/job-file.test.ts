import type { JobNames } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gitLabJobFile } from './job-file.ts';

const step = {
  ...{
    action: 'OWNER/fedbridge/actions/aws-credentials@0000000000000000000000000000000000000000 # v1.0.0',
    task: 'FedbridgeAwsCredentials@1',
    inputs: {},
  },
  script: 'aws sts get-caller-identity',
};
const written = (names: JobNames, audience = 'sts.amazonaws.com') =>
  gitLabJobFile.write(names, {
    ...step,
    byCommand: { idToken: 'AWS_ID_TOKEN', audience, script: ['credentials=$(fedbridge)', 'eval "$credentials"'] },
  });
const conditionOf = (names: JobNames) => parse(written(names).whole).deploy.rules[0].if;
const asked = (names: JobNames) => gitLabJobFile.questions(names).map(({ option }) => option);

describe('a job', () => {
  it('is written for a person to read', () => {
    expect(written({ branch: 'main' }).whole).toBe(`deploy:
  image: node:24
  id_tokens:
    AWS_ID_TOKEN:
      aud: sts.amazonaws.com
  rules:
    - if: "$CI_COMMIT_BRANCH == \\"main\\""
  script:
    - credentials=$(fedbridge)
    - eval "$credentials"
`);
  });

  it('has a part that stands in a job as it is', () => {
    const { whole, part } = written({ tag: 'v1' });
    expect(parse(whole)).toEqual({ deploy: parse(part) });
  });

  it.each([
    [{ branch: 'refs/heads/a/b' }, '$CI_COMMIT_BRANCH == "a/b"'],
    [{ tag: 'v1' }, '$CI_COMMIT_TAG == "v1"'],
    [{ tag: 'refs/tags/v1' }, '$CI_COMMIT_TAG == "v1"'],
    [{ branch: "it's" }, '$CI_COMMIT_BRANCH == "it\'s"'],
    [{ branch: 'say-"hi"' }, '$CI_COMMIT_BRANCH == \'say-"hi"\''],
    [{ branch: 'é#1' }, '$CI_COMMIT_BRANCH == "é#1"'],
    [{ branch: '100%' }, '$CI_COMMIT_BRANCH == "100%"'],
  ])('of %j has the rule %s', (names, condition) => expect(conditionOf(names)).toBe(condition));

  it.each([
    [{ branch: `it's-"it"` }, `"it's-"it"" cannot be written in the rules of a GitLab job: a text there has " or '`],
    [{ branch: 'a$b' }, '"a$b" cannot be written in the rules of a GitLab job: GitLab may put a variable'],
    [{ tag: 'a%b%' }, '"a%b%" cannot be written in the rules of a GitLab job: GitLab may put a variable'],
  ])('of %j cannot be written', (names, message) => expect(() => written(names)).toThrow(message));

  it.each(['https://$CI_SERVER_HOST', '$' + '{X}', '%X%'])('has no variable for an audience: %s', (audience) =>
    expect(() => written({ branch: 'main' }, audience)).toThrow('the platform would put something else in its place'),
  );
});

it('jobs are named by a project, and a branch or tag', () => {
  expect(asked({})).toEqual(['gitlab', 'branch']);
  expect(asked({ tag: 'v1' })).toEqual(['gitlab']);
});
