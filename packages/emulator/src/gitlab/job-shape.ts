import { anything, flag, list, object, record, type Shape, text, whole } from '../config/shape.ts';
import type { GitLabJob } from './gitlab-job.ts';

const projectShape = {
  path: text('group/project'),
  id: text('The ID of the project, in quotes.'),
  namespaceId: text('The ID of the group, in quotes.'),
};

/** How a configuration says what a job is. */
export const gitLabJobShape: Shape<GitLabJob> = object(
  'A job of GitLab CI/CD. What is left out has a plausible default.',
  {},
  {
    project: object('The project.', {}, projectShape),
    fork: object('The project that a merge request comes from.', projectShape, {}),
    jobId: text('The ID of the job.'),
    pipelineId: text('The ID of the pipeline.'),
    ref: text('A branch, or with "tag" a tag.'),
    tag: flag('Whether "ref" is a tag.'),
    isProtected: flag('Whether the ref is protected; true by default.'),
    sha: text('The commit.'),
    pipelineSource: text('push, merge_request_event, schedule, …'),
    environment: object(
      'The environment.',
      { name: text('Its name.') },
      { isProtected: flag('Whether it is protected.'), tier: text('Its tier.') },
    ),
    user: object('Who started it.', { id: text('An ID.'), login: text('A name.'), email: text('An address.') }, {}),
    idTokens: record('id_tokens: of the job.', object('An ID token.', { aud: text('Its audience.') }, {})),
    variables: record('Variables of the pipeline, the project or the job.', text('A value.')),
    timeoutSeconds: whole("The job's timeout; 3600 by default. Negative for tokens that have expired."),
    subjectComponents: list('ci_id_token_sub_claim_components of the project.', text('A claim.')),
    hasPathOfAnother: flag('Whether another project had this path before.'),
    claims: record('Claims to replace, for tokens that are wrong on purpose.', anything('A value.')),
  },
);
