import {
  entra,
  entraClouds,
  entraIssuer,
  formOfIssuersAt,
  gitHub,
  type Issuer,
  issuerOf,
  issuers,
  kubernetes,
  nearestIssuer,
  tokenExchange,
} from '@fedbridge/issuers';
import { hasWildcard } from './lint-pins.ts';

/** Why no token of an issuer has a subject, a sentence with what was meant; undefined for one that a token can have. */
export function whyNoSubject(iss: string, subject: string): string | undefined {
  const issuer = issuers.find((one) => one.is(iss)) ?? (subject.startsWith('system:') ? kubernetes : undefined);
  if (!issuer || subject.length > longest || canBeSubject(issuer, subject)) return undefined;
  const meant = hasWildcard(subject) ? undefined : nearest(issuer, subject);
  const hint = meant === undefined ? `They look like ${issuer.exampleSubjects[0]}.` : `Is ${meant} meant?`;
  return `No token of ${issuer.title} has the subject ${JSON.stringify(subject)}. ${hint}`;
}

/** In letters: nothing that a cloud takes is as long. */
const longest = 4096;

/**
 * Why `<issuer>:aud` never is a value; undefined where it can be. It is the token's `azp` where there is one: of Entra's tokens of
 * version 2 the application that asked.
 */
export function whyNoAudience(iss: string, issuer: Issuer | undefined, audience: string): string | undefined {
  if (hasWildcard(audience) || !issuer?.is(iss)) return undefined;
  const exchanges: readonly (string | undefined)[] = Object.values(entraClouds).map((cloud) => cloud.tokenExchange);
  if (entraIssuer(iss)?.version === 2 && [tokenExchange.clientId, ...exchanges].includes(audience))
    return `The audience is ${audience}, but aud is the azp of the token here. Its audience is oaud.`;
  if (issuer.audiences.chosenBy === 'job' || exchanges.includes(audience)) return undefined;
  return `The audience is ${audience}, but ${issuer.title} itself decides it: ${issuer.audiences.byDefault}.`;
}

function canBeSubject(issuer: Issuer, subject: string): boolean {
  if (subject !== subject.trim()) return false;
  // Entra computes more kinds of subjects than are known.
  if (issuer === entra && subject.startsWith('/eid1/')) return true;
  const at = subject.search(/[*?]/);
  return at < 0 ? isSubject(issuer, subject) : at === 0 || canBegin(issuer, subject.slice(0, at));
}

/** Whether a subject can begin like this: it does with the end of one that is known. */
function canBegin(issuer: Issuer, start: string): boolean {
  return issuer.exampleSubjects.some((example) => {
    for (let from = 0; from <= example.length; from += 1) {
      if (issuer.parseSubject(start + example.slice(from)) !== undefined) return true;
    }
    return false;
  });
}

function isSubject(issuer: Issuer, subject: string): boolean {
  if (issuer.parseSubject(subject) === undefined) return false;
  if (issuer !== gitHub || !subject.startsWith('repo:')) return true;
  // Names of owners and repositories have no blanks, which a reader does not see. A repository alone is the start of a subject, but
  // where an organization wanted it so, which no guide does.
  const { owner = '', project = '', job } = gitHub.subjectParts(subject) ?? {};
  return job !== undefined && !/\s/.test(owner + project);
}

/** What was meant by a text that is nearly a subject. */
function nearest(issuer: Issuer, subject: string): string | undefined {
  const text = subject.trim().replace(/\s+/g, (blank) => (subject.includes(':environment:') ? blank : ''));
  const attempts = [
    text,
    text.replace(/^(repo:)?https:\/\/[^/]+\//, 'repo:'),
    text.replace(/^[A-Za-z]+/, (word) => word.toLowerCase()),
    text.replace(/:(?=refs\/)/, ':ref:'),
    text.replace(/:ref:(?!refs\/)/, ':ref:refs/heads/'),
    text.replace(/:(heads|tags)\//, ':ref:refs/$1/'),
    text.replace(/(:environment:)(.*)$/, (_whole, key: string, name: string) => key + name.replaceAll(':', '%3A')),
    text.replace(/:environment=/, ':environment:'),
    text.replace(/\.git(?=:|$)/, ''),
    text.replace(/:(branch|ref:branch):/, ':ref:refs/heads/'),
    `repo:${text}`,
    `${text.replace(/\/$/, '').replace(/:$/, '')}:ref:refs/heads/main`,
    `repo:${text}:ref:refs/heads/main`,
    text.replace(/^https:\/\/[^/]+\/([^:]+)$/, 'repo:$1:ref:refs/heads/main'),
    text.replace(/^repo:https:\/\/[^/]+\/([^:]+)$/, 'repo:$1:ref:refs/heads/main'),
    text.replace(/^system:serviceaccount:([^:]+)$/, 'system:serviceaccount:default:$1'),
  ];
  return attempts.find((one) => one !== subject && isSubject(issuer, one) && issuer.subjectParts(one) !== undefined);
}

/** Why no token has an issuer, a sentence with what was meant; undefined for one that is known, or not known at all. */
export function whyNoIssuer(iss: string): string | undefined {
  if (iss.length > longest || issuerOf(iss)) return undefined;
  const document = '/.well-known/openid-configuration';
  const bare = iss.endsWith(document) ? iss.slice(0, -document.length) : iss;
  const meant = nearestIssuer(bare.trim().replace(/^http:/, 'https:'));
  if (issuerOf(meant)) return `Tokens have the issuer ${meant}, exactly.`;
  const form = formOfIssuersAt(bare);
  return form && `Issuers there are written ${form}.`;
}
