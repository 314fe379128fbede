import { bitbucket } from './bitbucket.ts';
import { buildkite } from './buildkite.ts';
import { gitHub } from './github.ts';

/** A subject with what is another in each run left out. */
export interface LastingSubject {
  /** What stands between the parts that are left out: two texts or more. */
  readonly pieces: readonly string[];
  /** What was left out: `commit`, `step`. */
  readonly changes: readonly string[];
}

/**
 * A subject of which a part is another in each run, a commit or the id of a step, matches no further run as it is.
 *
 * @returns undefined for a subject that is the same in each run
 */
export function lastingSubject(iss: string, subject: string): LastingSubject | undefined {
  if (buildkite.is(iss)) return ofBuildkite(subject);
  if (bitbucket.is(iss)) return ofBitbucket(subject);
  return gitHub.is(iss) ? ofGitHub(subject) : undefined;
}

/** Stands for what is left out: no issuer has it in a subject. */
const mark = '\0';

const marked = (subject: string, changes: readonly string[]): LastingSubject | undefined =>
  changes.length === 0 ? undefined : { pieces: subject.split(mark), changes };

/** Source: Buildkite Docs, "OIDC with AWS": the example's policy has a wildcard there. */
function ofBuildkite(text: string): LastingSubject | undefined {
  const subject = buildkite.parseSubject(text);
  if (subject?.form !== 'default') return undefined;
  const claims = subject.claims.map(([key, value]) => [key, key === 'commit' ? mark : value] as const);
  return marked(
    buildkite.formatSubject({ form: 'default', claims }),
    claims.some(([, value]) => value === mark) ? ['commit'] : [],
  );
}

/** Source: Bitbucket Cloud, "Deploy on AWS using Bitbucket Pipelines OpenID Connect": the id of the step is not named there. */
function ofBitbucket(text: string): LastingSubject | undefined {
  const subject = bitbucket.parseSubject(text);
  return subject && marked(bitbucket.formatSubject({ ...subject, step: mark }), ['step']);
}

/** Of the claims that an organization can put into its subjects. */
const perRun: readonly string[] = [
  ...['check_run_id', 'job_workflow_sha', 'run_attempt', 'run_id', 'run_number', 'sha', 'workflow_sha'],
];

function ofGitHub(text: string): LastingSubject | undefined {
  const subject = gitHub.parseSubject(text);
  if (subject?.form !== 'customized') return undefined;
  const changes = subject.claims.flatMap(([claim]) => (perRun.includes(claim) ? [claim] : []));
  const claims = subject.claims.map(([claim, value]) => [claim, changes.includes(claim) ? mark : value] as const);
  return marked(gitHub.formatSubject({ form: 'customized', claims }), changes);
}
