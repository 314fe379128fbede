import { gitHub, gitHubSubjectClaims, type Issuer } from '@fedbridge/issuers';

/** How firmly claims hold a token to one owner, project, job and workflow: 0 not at all, 1 by a name, 2 by an id. */
export interface Pins {
  readonly owner: number;
  /** A repository, project, pipeline or namespace. */
  readonly project: number;
  /**
   * A branch, environment, service connection or service account, which is less than all of a project: 1 any branch, 2 names that begin
   * alike, 3 one name, or what a separator keeps together.
   */
  readonly job: number;
  /** A reusable workflow: 1 its repository alone, 2 its file at one ref. It says nothing of who calls it. */
  readonly workflow: number;
}

/** What a statement, or an expression, demands of one claim: one of the values. */
export interface Constraint {
  readonly claim: string;
  /** Patterns of `*` and `?`, or exact texts. */
  readonly values: readonly string[];
}

const noPins: Pins = { owner: 0, project: 0, job: 0, workflow: 0 };

/** What all constraints together hold a token to. */
export function pinsOf(issuer: Issuer | undefined, constraints: readonly Constraint[]): Pins {
  const each = constraints.map(({ claim, values }) =>
    values.map((value) => claimPins(issuer, claim, value)).reduce(weaker),
  );
  return each.reduce(stronger, noPins);
}

/** What two claims hold a token to that has both. */
export const stronger = (one: Pins, other: Pins): Pins => combined(one, other, Math.max);
const weaker = (one: Pins, other: Pins): Pins => combined(one, other, Math.min);

function combined(one: Pins, other: Pins, pick: (a: number, b: number) => number): Pins {
  return {
    owner: pick(one.owner, other.owner),
    project: pick(one.project, other.project),
    job: pick(one.job, other.job),
    workflow: pick(one.workflow, other.workflow),
  };
}

/** Claims whose values tell a branch or an environment; a pull request has none of them, or one of its own. */
const jobClaims: readonly string[] = ['environment', 'ref', 'build_branch', 'ref_path'];

function claimPins(issuer: Issuer | undefined, claim: string, value: string): Pins {
  if (claim === 'sub') return subjectPins(issuer, value);
  if (claim === 'job_workflow_ref') return { ...noPins, workflow: workflowPin(value) };
  if (jobClaims.includes(claim)) return { ...noPins, job: isPullRequestRef(value) ? 0 : jobPin(value) };
  const fact = issuer?.ownerClaims.find((one) => one.claim === claim);
  if (!fact) return noPins;
  if (fact.kind === 'id') {
    const pin = hasWildcard(value) ? 0 : 2;
    return { ...noPins, owner: pin, project: fact.of === 'project' ? pin : 0 };
  }
  if (fact.of === 'owner') return { ...noPins, owner: hasWildcard(value) ? 0 : 1 };
  // A project's name has its owner's before it, or it is one that every owner can give.
  const slash = value.indexOf('/');
  const owner = slash > 0 && !hasWildcard(value.slice(0, slash)) ? 1 : 0;
  return { ...noPins, owner, project: hasWildcard(value) ? 0 : 1 };
}

function subjectPins(issuer: Issuer | undefined, subject: string): Pins {
  // But for GitHub's, which organizations customize, an exact subject is one job's.
  if (issuer !== gitHub && !hasWildcard(subject)) return { ...noPins, owner: 1, project: 1, job: 3 };
  if (!issuer) return /^[^:/]*[*?]/.test(subject) ? noPins : { ...noPins, owner: 1, project: 1, job: 3 };
  const parts = issuer.subjectParts(subject);
  if (!parts) return pinsOf(issuer, customizedConstraints(issuer, subject) ?? []);
  const owner = namePin(parts.owner);
  // A wildcard spans slashes and colons: what stands behind one in the owner is the project's name only where a job follows.
  const isSpanned = hasWildcard(parts.owner ?? '') && (parts.job === undefined || parts.owner?.includes(':') === true);
  return { ...noPins, owner, project: isSpanned ? 0 : namePin(parts.project), job: jobPin(parts.job) };
}

/** What a subject that an organization customized demands, claim by claim; undefined for another. */
export function customizedConstraints(issuer: Issuer | undefined, subject: string): readonly Constraint[] | undefined {
  if (issuer !== gitHub || gitHub.subjectParts(subject)) return undefined;
  return gitHubSubjectClaims(subject).map(([claim, value]) => ({
    claim: claim === 'repo' ? 'repository' : claim,
    values: [value],
  }));
}

/** A name with its id behind an `@`, which is in no name. */
function namePin(text: string | undefined): number {
  // Where a key and its value follow, the name ends before.
  const [name = '', id] = (text?.split(':')[0] ?? '').split('@');
  if (name === '' || hasWildcard(name)) return 0;
  return id !== undefined && id !== '' && !hasWildcard(id) ? 2 : 1;
}

function workflowPin(value: string): number {
  if (!hasWildcard(value)) return 2;
  return /^[^/*?]+\/[^/*?]+\//.test(value) ? 1 : 0;
}

function jobPin(job: string | undefined): number {
  if (job === undefined || /^([*?]|workspace:[*?]+(:|$))/.test(job)) return 0;
  if (anyRef.test(job)) return 1;
  // Tags are versions, which begin alike as a rule.
  const others = job.replace(/refs\/tags\/[^:]*|ref_type:tag:ref:[^:]*/g, '');
  return /\w[*?]/.test(others) ? 2 : 3;
}

/** A wildcard in the place of a branch, or of the folder or the kind before it: in a subject, or as all of a claim. */
const anyRef = /(^|:)ref(_type)?:(refs\/(heads\/)?)?[*?]|^refs\/(heads\/)?[*?]/;

const isPullRequestRef = (ref: string) => ref.startsWith('refs/pull/') || /^(refs\/?)?[*?]/.test(ref);
export const hasWildcard = (text: string) => /[*?]/.test(text);
