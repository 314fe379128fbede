import { FedbridgeError } from '@fedbridge/core';
import type { IdToken } from '@fedbridge/identity';

interface Given {
  readonly variable: string;
  readonly token: IdToken;
}

/** Why a job has no ID token that may leave it, and what its `.gitlab-ci.yml` must say. */
export const denials = {
  none: (audience: string | undefined) =>
    new FedbridgeError('ID_TOKEN_UNAVAILABLE', 'GitLab gave this job no ID token.', {
      hint:
        'Give the job (or default:) id_tokens: as below, in a variable of any name. CI_JOB_JWT and CI_JOB_JWT_V2, which jobs had without ' +
        'asking, are gone since GitLab 17.0.',
      document: idTokens(audience ?? '<audience>'),
    }),

  several: (given: readonly Given[]) =>
    new FedbridgeError('ID_TOKEN_UNAVAILABLE', `This job has several ID tokens: ${listed(given)}.`, {
      hint: 'Name the audience of one in {audience}.',
    }),

  forOthers: (given: readonly Given[], audience: string | undefined) =>
    new FedbridgeError('ID_TOKEN_AUDIENCE', `No ID token of this job is for ${audience}: ${listed(given)}.`, {
      breaksGuard: true,
      hint:
        'None was sent anywhere. Give the job one for that audience as below, or name in {audience} the one that it has, if the cloud ' +
        'trusts that.',
      document: idTokens(audience ?? ''),
    }),

  forSeveral: (variable: string, token: IdToken) =>
    new FedbridgeError('ID_TOKEN_AUDIENCE', `The ID token in ${variable} is for several audiences at once.`, {
      presented: token.presented,
      breaksGuard: true,
      hint:
        'It was not sent anywhere: whoever gets it could use it with the others. Give each audience a variable of its own, with one ' +
        'text as aud:, and no list.',
    }),

  ofAnotherJob: (variable: string, token: IdToken, job: string | undefined) =>
    new FedbridgeError(
      'ID_TOKEN_CLAIM',
      `The ID token in ${variable} is of job ${String(token.claims.job_id)}; this is job ${job}.`,
      {
        presented: token.presented,
        breaksGuard: true,
        hint:
          `It was not sent anywhere. A variable of the pipeline, the project or a dotenv report takes the place of one of the job's ` +
          `id_tokens: of the same name. See what sets ${variable}.`,
      },
    ),

  expired: (variable: string, token: IdToken) =>
    new FedbridgeError(
      'ID_TOKEN_EXPIRED',
      `The ID token in ${variable} expired at ${new Date(token.expiresAt).toISOString()}.`,
      {
        presented: token.presented,
        hint:
          "GitLab makes it when the job begins, to live for as long as the job's timeout, or five minutes where it has none, and gives the job " +
          'no other. Raise timeout: in the job, or do what needs the cloud in a job of its own. If the job has just begun, the clock of ' +
          'this machine is wrong.',
      },
    ),
} as const;

function listed(given: readonly Given[]): string {
  return given.map(({ variable, token }) => `${variable} is for ${token.audiences.join(', ')}`).join('; ');
}

/** What a job must say, in the words of its file. */
function idTokens(audience: string): string {
  return `id_tokens:\n  FEDBRIDGE_ID_TOKEN:\n    aud: ${JSON.stringify(audience)}`;
}
