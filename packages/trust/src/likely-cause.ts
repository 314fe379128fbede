/** Why a trust that somebody wrote does not fit a subject, as it most often is; undefined where nothing is known. */
export function likelyCause(subject: string): string | undefined {
  return causes.find(([form]) => form.test(subject))?.[1];
}

const causes: readonly (readonly [RegExp, string])[] = [
  [
    /^repo:[^:/@]+@\d+\/[^:@]+@\d+:/,
    'This repository has immutable subjects, with ids: a trust of names alone does not fit any more.',
  ],
  [
    /:environment:/,
    "The job names an environment: its subject holds that, and neither branch nor tag. Mind the name's case.",
  ],
  [/^repo:.*:pull_request$/, 'It runs for a pull request: such a subject holds no branch.'],
  [/^repo:.*:ref:refs\/tags\//, 'It runs for a tag: such a subject holds no branch.'],
  [/^repo:.*:ref:/, 'The trust may name another branch or an environment, or write a name in another case.'],
  [
    /^p:\/\//,
    'The job uses no service connection: its subject names the pipeline, and changes when that is renamed or moved.',
  ],
  [/^sc:\/\//, 'The service connection may have been renamed, or the trust may be for the Entra issuer already.'],
  [
    /^\/eid1\//,
    'The service connection is on the Entra issuer: a trust of the Azure DevOps issuer (sc://…) does not fit any more.',
  ],
  [/^system:serviceaccount:/, 'The pod may run as another service account, or in another namespace or cluster.'],
];

/** What to do about a refusal, after its likely cause where one is known. */
export function withLikelyCause(subject: string, toDo: string): string {
  return [likelyCause(subject), toDo].filter((line) => line !== undefined).join('\n');
}
