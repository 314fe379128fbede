import {
  credentialAudience,
  entraAudience,
  entraClouds,
  entraIssuer,
  issuerOf,
  nearestIssuer,
} from '@fedbridge/issuers';
import { credentialFaults } from '../credential-faults.ts';
import { isCredentialName } from '../credential-form.ts';
import { credentialName } from '../credential-name.ts';
import { type AnyFederatedCredential, readFederatedCredential } from '../federated-credential.ts';
import { lintFederatedCredentials } from '../lint-entra.ts';
import { whyNoSubject } from '../lint-never.ts';
import { inGraphSpelling, inSpellingOf } from '../read/credential-spelling.ts';
import type { CredentialsDocument } from '../read/trust-document.ts';
import type { RuleId } from '../rules.ts';
import { type Done, type Fix, type Fixed, harmless, widens } from './fix.ts';

/** Federated credentials without what lint finds, as far as it can be fixed. */
export function fixCredentials({ written, enclosing, isMultiTenant }: CredentialsDocument): Fixed {
  const fixes: Fix[] = [];
  const names = new Set(written.map((one) => readFederatedCredential(inGraphSpelling(one))?.name));
  const all = written.map((one) => {
    const before = readFederatedCredential(inGraphSpelling(one));
    if (!before) return one;
    const { credential, done } = fixed(before, names);
    fixes.push(...done.map((fix) => ({ ...fix, where: before.name })));
    return done.length === 0 ? one : inSpellingOf(one as object, credential);
  });
  const { kept, removed } = withoutSame(all);
  fixes.push(...removed);
  const left = lintFederatedCredentials(kept.map(inGraphSpelling), isMultiTenant);
  return { document: enclosing(kept), fixes, left };
}

type Made = Done & { readonly rule: RuleId };

/** @param names - those that are taken */
function fixed(
  credential: AnyFederatedCredential,
  names: Set<string | undefined>,
): { readonly credential: AnyFederatedCredential; readonly done: readonly Made[] } {
  let next = credential;
  const done: Made[] = [];
  for (const { rule } of lintFederatedCredentials([credential])) {
    const fix = credentialFixes[rule]?.(next, names);
    if (!fix) continue;
    next = fix.credential;
    done.push({ rule, what: fix.what, widens: fix.widens });
  }
  return { credential: next, done };
}

type CredentialFix = (
  credential: AnyFederatedCredential,
  names: Set<string | undefined>,
) => (Done & { readonly credential: AnyFederatedCredential }) | undefined;

const credentialFixes: Readonly<Partial<Record<RuleId, CredentialFix>>> = {
  'issuer-trailing-slash': fixIssuer,
  'wrong-issuer': fixIssuer,
  'entra/audiences': fixAudiences,
  'entra/wrong-audience': fixAudiences,
  'entra/malformed': fixName,
  'never-matches': fixSubject,
  'hardly-matches': (one) => fixSubject(one) ?? (hasFaultyAudience(one) ? fixAudiences(one) : fixIssuer(one)),
};

const ofEntra: readonly string[] = Object.values(entraClouds).flatMap((cloud) => cloud.audience ?? []);

function fixIssuer(credential: AnyFederatedCredential): ReturnType<CredentialFix> {
  const issuer = nearestIssuer(credential.issuer);
  if (issuer === credential.issuer || !issuerOf(issuer)) return undefined;
  return { credential: { ...credential, issuer }, ...widens(`The issuer is ${issuer}.`) };
}

/** The one of Entra's that is there, or nearly; where there is none, that of the issuer's cloud. */
function fixAudiences(credential: AnyFederatedCredential): ReturnType<CredentialFix> {
  const { audiences, issuer } = credential;
  const normal = (text: string) => text.toLowerCase().replace(/[/\s]+$/, '');
  const meant = audiences.flatMap((one) => ofEntra.find((known) => normal(known) === normal(one)) ?? []);
  const [first, another] = new Set(meant);
  if (another !== undefined) return undefined;
  const own = entraIssuer(issuer)?.cloud.audience ?? entraAudience.uri;
  const audience = credentialAudience(first ?? own, issuer);
  if (audiences.length === 1 && audiences[0] === audience) return undefined;
  return { credential: { ...credential, audiences: [audience] }, ...widens(`The audience is ${audience}.`) };
}

function fixName(credential: AnyFederatedCredential, names: Set<string | undefined>): ReturnType<CredentialFix> {
  if (isCredentialName(credential.name)) return undefined;
  const { issuer, subject = credential.claimsMatchingExpression?.value ?? '' } = credential;
  const name = credentialName({ issuer, subject, audience: '' });
  if (names.has(name)) return undefined;
  names.add(name);
  return { credential: { ...credential, name }, ...widens(`The name is ${name}.`) };
}

const hasFaultyAudience = (one: AnyFederatedCredential) =>
  credentialFaults(one).some(({ rule }) => rule === 'entra/wrong-audience');

/** What no subject has around it. */
function fixSubject(credential: AnyFederatedCredential): ReturnType<CredentialFix> {
  const subject = credential.subject?.trim();
  if (subject === undefined || subject === credential.subject) return undefined;
  if (whyNoSubject(credential.issuer, subject) !== undefined) return undefined;
  return { credential: { ...credential, subject } as AnyFederatedCredential, ...widens(`The subject is ${subject}.`) };
}

/** Of credentials that say the same the first. */
function withoutSame(all: readonly unknown[]): { readonly kept: readonly unknown[]; readonly removed: readonly Fix[] } {
  const seen = new Map<string, string>();
  const removed: Fix[] = [];
  const kept = all.filter((one) => {
    const credential = readFederatedCredential(inGraphSpelling(one));
    if (!credential) return true;
    const { name, issuer, subject, claimsMatchingExpression, audiences } = credential;
    const said = JSON.stringify([issuer, subject, claimsMatchingExpression, audiences]);
    const before = seen.get(said);
    seen.set(said, before ?? name);
    if (before === undefined) return true;
    removed.push({ rule: 'entra/duplicate', where: name, ...harmless(`It says what "${before}" says, and is gone.`) });
    return false;
  });
  return { kept, removed };
}
