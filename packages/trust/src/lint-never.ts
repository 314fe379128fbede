import { isGuid } from '@fedbridge/core/guid';
import {
  entra,
  entraAudience,
  entraClouds,
  entraIssuer,
  formatKubernetesSubject,
  formOfIssuersAt,
  gitHub,
  gitHubClaimForms,
  gitHubServiceOf,
  type Issuer,
  isComputedEntraSubject,
  isKubernetesSubject,
  issuerOf,
  issuers,
  kubernetes,
  kubernetesSubjectParts,
  nearestIssuer,
  signsInOneFormAlone,
} from '@fedbridge/issuers';
import type { RuleId } from './rules.ts';
import { hasWildcard } from './wildcard.ts';

/** How sure it is that no token has something. */
export type HowSure = 'No' | 'Hardly any';

/** Why no token of an issuer has a subject, a sentence with what was meant; undefined for one that a token can have. */
export function whyNoSubject(iss: string, subject: string, how: HowSure = 'No'): string | undefined {
  const issuer = issuers.find((one) => one.is(iss)) ?? (isKubernetesSubject(subject) ? kubernetes : undefined);
  if (!issuer || subject.length > longest || canBeSubject(issuer, subject)) return undefined;
  const meant = hasWildcard(subject) ? undefined : nearest(issuer, subject);
  const hint = meant === undefined ? `They look like ${issuer.exampleSubjects[0]}.` : `Is ${meant} meant?`;
  return `${how} token of ${issuer.title} has the subject ${JSON.stringify(subject)}. ${hint}`;
}

/** Why no token of an issuer has a claim with a value, exactly; undefined where one can, and for a pattern. */
export function whyNoClaim(iss: string, claim: string, value: string, how: HowSure = 'No'): string | undefined {
  const form = gitHub.is(iss) && !hasWildcard(value) ? gitHubClaimForms.get(claim) : undefined;
  if (!form || value.length > longest || form.fits(value)) return undefined;
  return `${how} token of ${gitHub.title} has the ${claim} ${JSON.stringify(value)}. It looks like ${form.example}.`;
}

/** In letters: nothing that a cloud takes is as long. */
const longest = 4096;

/**
 * Why `<issuer>:aud` or `<issuer>:oaud` never is a value; undefined where it can be. The first is the token's `azp` where there is one: of
 * Entra's tokens of version 2 the application that asked. Their audience is an id, never a URI.
 */
export function whyNoAudience(
  { iss, issuer }: { readonly iss: string; readonly issuer: Issuer | undefined },
  claim: 'aud' | 'oaud',
  audience: string,
): string | undefined {
  if (hasWildcard(audience)) return undefined;
  if (audience === '') return `The ${claim} is empty: STS takes no token without an audience.`;
  if (!issuer?.is(iss)) return undefined;
  const exchanges: readonly (string | undefined)[] = Object.values(entraClouds).map((cloud) => cloud.audience);
  if (entraIssuer(iss)?.version === 2) {
    if (claim === 'oaud')
      return isGuid(audience)
        ? undefined
        : `The audience is ${audience}, but these tokens have the id of an application there: ${entraAudience.clientId} for most.`;
    return [entraAudience.clientId, ...exchanges].includes(audience)
      ? `The audience is ${audience}, but aud is the azp of the token here. Its audience is oaud.`
      : undefined;
  }
  if (issuer.audiences.chosenBy === 'job' || exchanges.includes(audience)) return undefined;
  return `The audience is ${audience}, but ${issuer.title} itself decides it: ${issuer.audiences.byDefault}.`;
}

function canBeSubject(issuer: Issuer, subject: string): boolean {
  if (subject !== subject.trim()) return false;
  // Entra computes more kinds of subjects than are known.
  if (issuer === entra && isComputedEntraSubject(subject)) return true;
  const at = subject.search(/[*?]/);
  return at < 0 ? isSubject(issuer, subject) : at === 0 || canBegin(issuer, subject.slice(0, at));
}

/** Whether a subject can begin like this: it does with the end of one that is known. */
function canBegin(issuer: Issuer, start: string): boolean {
  return issuer.exampleSubjects.some((example) => {
    for (let from = 0; from <= example.length; from += 1) {
      if (isSubject(issuer, start + example.slice(from))) return true;
    }
    return false;
  });
}

function isSubject(issuer: Issuer, subject: string): boolean {
  if (issuer.parseSubject(subject) === undefined) return false;
  const ofRepository = issuer === gitHub ? gitHub.subjectParts(subject) : undefined;
  if (!ofRepository) return true;
  const { owner = '', project = '' } = ofRepository;
  return isNameOfOwner(owner) && !/\s|\.git(@|$)/.test(project);
}

/**
 * The subject that is meant by a repository alone, which is one only where an organization has a template of that; undefined for another.
 */
export function meantByRepository(iss: string, subject: string): string | undefined {
  const { project, job } = (gitHub.is(iss) && gitHub.subjectParts(subject)) || {};
  return project === undefined || job !== undefined || hasWildcard(subject) ? undefined : nearest(gitHub, subject);
}

/** Older accounts have hyphens where new ones cannot; none has a dot, a blank or a hyphen first. */
const isNameOfOwner = (text: string) => !/^-|[\s.]/.test(text);

/** What was meant by a text that is nearly a subject. */
function nearest(issuer: Issuer, subject: string): string | undefined {
  const text = subject.trim().replace(/\s+/g, (blank) => (subject.includes(':environment:') ? blank : ''));
  const attempts = [
    text,
    text.replace(/^(repo:)?https:\/\/[^/]+\//, 'repo:'),
    text.replace(/^[A-Za-z]+/, (word) => word.toLowerCase()),
    text.replace(/:(?=refs\/)/, ':ref:'),
    text.replace(/:ref:(?!refs\/)/, ':ref:refs/heads/'),
    text.replace(/:ref:refs\/(head|branch(es)?)\//, ':ref:refs/heads/'),
    text.replace(/:ref:refs\/tag\//, ':ref:refs/tags/'),
    text.replace(/:(heads|tags)\//, ':ref:refs/$1/'),
    // A job with an environment has that for its context, whatever started it.
    ...(/:environment:[^:]/.test(text) ? [text.replace(/:pull_request(?=:|$)/, '')] : []),
    text.replace(/(:environment:)(.*)$/, (_whole, key: string, name: string) => key + name.replaceAll(':', '%3A')),
    text.replace(/:environment=/, ':environment:'),
    text.replace(/\.git(?=[:@]|$)/, ''),
    text.replace(/(:ref:refs\/(heads|tags)\/?)$/, ':ref:refs/heads/main'),
    text.replace(/:(branch|ref:branch):/, ':ref:refs/heads/'),
    `repo:${text}`,
    `${text.replace(/\/$/, '').replace(/:$/, '')}:ref:refs/heads/main`,
    `repo:${text}:ref:refs/heads/main`,
    text.replace(/^https:\/\/[^/]+\/([^:]+)$/, 'repo:$1:ref:refs/heads/main'),
    text.replace(/^repo:https:\/\/[^/]+\/([^:]+)$/, 'repo:$1:ref:refs/heads/main'),
    ...serviceAccountAlone(text),
  ];
  const isWhole = (one: string) => issuer.subjectParts(one)?.job !== undefined || issuer !== gitHub;
  return attempts.find(
    (one) => one !== subject && isSubject(issuer, one) && issuer.subjectParts(one) !== undefined && isWhole(one),
  );
}

/** A service account without its namespace stands where that should: of the one that is there by default. */
function serviceAccountAlone(text: string): readonly string[] {
  const { project, job } = kubernetesSubjectParts(text) ?? {};
  return project === undefined || job !== undefined
    ? []
    : [formatKubernetesSubject({ namespace: 'default', serviceAccount: project })];
}

/** An issuer that no token has. */
export interface IssuerFault {
  readonly rule: RuleId;
  /** A sentence with what was meant. */
  readonly why: string;
  /** Whether nobody can sign with it; else the service at its host has not said what else is signed there, or anybody's files are. */
  readonly isCertain: boolean;
}

/** Undefined for one that is known, or not known at all. */
export function issuerFault(iss: string): IssuerFault | undefined {
  const why = whyNoIssuer(iss);
  if (why === undefined) return undefined;
  const isSlash = iss.endsWith('/') && issuerOf(iss.replace(/\/+$/, '')) !== undefined;
  return { rule: isSlash ? 'issuer-trailing-slash' : 'wrong-issuer', why, isCertain: isNobodys(iss) };
}

function isNobodys(iss: string): boolean {
  if (signsInOneFormAlone(iss)) return true;
  const nearest = nearestIssuer(iss);
  // A server of one's own signs with whatever it likes, and Entra has signed with a slash at the end for users of Azure AD B2C.
  return (
    issuerOf(nearest) !== undefined &&
    gitHubServiceOf(nearest) !== 'server' &&
    !(entra.is(nearest) && iss.endsWith('/'))
  );
}

/** Why no token has an issuer, a sentence with what was meant. */
export function whyNoIssuer(iss: string): string | undefined {
  if (iss.length > longest || issuerOf(iss)) return undefined;
  const document = '/.well-known/openid-configuration';
  const bare = iss.endsWith(document) ? iss.slice(0, -document.length) : iss;
  const meant = nearestIssuer(bare.trim().replace(/^http:/, 'https:'));
  if (issuerOf(meant)) return `Tokens have the issuer ${meant}, exactly.`;
  const form = formOfIssuersAt(bare);
  return form && `Issuers there are written ${form}.`;
}
