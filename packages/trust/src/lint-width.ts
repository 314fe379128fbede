import { matchesPattern } from '@fedbridge/core/pattern';
import {
  azureDevOps,
  entra,
  gitHub,
  gitHubServiceOf,
  gitHubSubjectParts,
  type Issuer,
  kubernetes,
} from '@fedbridge/issuers';
import { type Constraint, customizedConstraints, hasWildcard, type Pins, pinsOf, stronger } from './lint-pins.ts';

/** What is too wide, whatever cloud trusts it: the second half of a rule's name. */
export type Width =
  | 'any-owner'
  | 'any-caller'
  | 'wildcard-owner'
  | 'wildcard-workflow'
  | 'wildcard-repository'
  | 'whole-owner'
  | 'whole-repository'
  | 'wildcard-ref'
  | 'any-branch'
  | 'open-name'
  | 'wildcard-connection'
  | 'wildcard-service-account';

export interface Reach {
  /** What it is of: a subject, or the claims in its place. */
  readonly of: string;
  /** The subject's pattern; undefined where other claims stand in its place. */
  readonly subject: string | undefined;
  readonly pins: Pins;
  readonly width: Width | undefined;
  /** Whether the subject, or what stands in its place, fits a pull request. */
  readonly pullRequest: boolean;
  /** Whether what tells one owner or repository from another can be given to somebody else. */
  readonly byName: boolean;
}

/** How far constraints reach that hold together, for each value of the subject, or once where nothing is said of it. */
export function reachOf(iss: string, issuer: Issuer | undefined, constraints: readonly Constraint[]): readonly Reach[] {
  const others = constraints.filter(({ claim }) => claim !== 'sub');
  const subjects = constraints.filter(({ claim }) => claim === 'sub');
  const base = pinsOf(issuer, others);
  // Of several conditions on the subject each value is told with what the others demand.
  if (subjects.length > 0)
    return subjects.flatMap((one) => {
      const rest = subjects.filter((other) => other !== one);
      return one.values.map((value) => reach(iss, issuer, value, others, stronger(base, pinsOf(issuer, rest))));
    });
  return [reach(iss, issuer, undefined, others, base)];
}

function reach(
  iss: string,
  issuer: Issuer | undefined,
  subject: string | undefined,
  others: readonly Constraint[],
  base: Pins,
): Reach {
  // What an organization put in the subject's place holds as the same claims do beside it.
  const claims = subject === undefined ? [] : customizedConstraints(issuer, subject);
  const beside = stronger(base, pinsOf(issuer, claims ?? []));
  const own = subject === undefined ? [] : [{ claim: 'sub', values: [subject] }];
  const pins = stronger(base, pinsOf(issuer, own));
  const telling = others.filter(({ claim }) => claim === 'job_workflow_ref' || isOwnerClaim(issuer, claim));
  const texts = subject === undefined ? telling.flatMap(({ values }) => values) : [subject];
  const isPinned = beside.project === 2;
  const width = widthOf(iss, issuer, pins, { isPattern: texts.some(hasWildcard), isPinned });
  const isWhole = pins.owner > 0 && pins.project > 0;
  const { project = '', job } = gitHubSubjectParts(subject ?? '') ?? {};
  // A wildcard at the end of the repository, in its id, spans what comes behind.
  const context = claims ? '*' : (job ?? (hasWildcard(project) ? '*' : undefined));
  const fits =
    context === 'pull_request' ||
    (beside.job === 0 && isWhole && !isPinned && context !== undefined && matchesPattern('pull_request', context));
  return {
    of:
      subject === undefined
        ? `The claim ${telling.map(({ claim, values }) => `${claim} must be ${values.join(' or ')}`).join(', ')}.`
        : `The subject is ${subject}.`,
    subject,
    pins,
    width,
    pullRequest: issuer === gitHub && fits,
    byName: hasIds(iss, issuer) && pins.project === 1 && pins.owner > 0,
  };
}

function widthOf(
  iss: string,
  issuer: Issuer | undefined,
  pins: Pins,
  { isPattern, isPinned }: { isPattern: boolean; isPinned: boolean },
): Width | undefined {
  const owned = pins.owner > 0 || (issuer !== undefined && isOwnersUrl(iss, issuer));
  if (!owned) {
    if (pins.workflow === 2) return 'any-caller';
    if (pins.workflow === 1) return 'wildcard-workflow';
    return isPattern ? 'wildcard-owner' : 'any-owner';
  }
  if (pins.project === 0) return isPattern && pins.workflow < 2 ? 'wildcard-repository' : 'whole-owner';
  if (pins.job > 0) return ([undefined, 'any-branch', 'open-name'] as const)[pins.job];
  if (isPinned) return 'whole-repository';
  if (issuer === kubernetes) return 'wildcard-service-account';
  return issuer === azureDevOps || issuer === entra ? 'wildcard-connection' : 'wildcard-ref';
}

/** Whether an issuer's URL is one owner's. A server of GitHub's has many, and nothing but the subject tells them apart. */
function isOwnersUrl(iss: string, issuer: Issuer): boolean {
  // Of a cluster with any address nothing but the address is its owner's.
  const isOwn = issuer.is(iss) ? !issuer.sharedByStrangers(iss) : issuer.ownerClaims.length === 0;
  return issuer !== gitHub && isOwn;
}

/** Whether subjects can have ids: those of GitHub Enterprise Server cannot. */
function hasIds(iss: string, issuer: Issuer | undefined): boolean {
  return issuer === gitHub && gitHubServiceOf(iss) !== 'server';
}

const isOwnerClaim = (issuer: Issuer | undefined, claim: string) =>
  issuer?.ownerClaims.some((one) => one.claim === claim) === true;
