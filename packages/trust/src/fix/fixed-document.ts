import { atAnyTime } from '../lint-width.ts';
import type { TrustDocument } from '../read/trust-document.ts';
import { fixCredentials } from './credentials.ts';
import type { Fixed } from './fix.ts';
import { fixPolicy } from './policy.ts';

/**
 * A document with what is mechanical in the fixes of its findings: of two operators the one that is meant, an audience that is missing, an
 * issuer as tokens have it. What needs a decision stays, above all whom a wildcard is to allow. Members keep their order, and
 * credentials what stands around them and the spelling of whoever printed them.
 *
 * @param now - seconds since 1970-01-01 UTC, as `lintTrustPolicy` takes it: of what is still found
 * @returns undefined for a document that a template does not tell in full, and for a policy that is too long for IAM however it is fixed
 */
export function fixTrustDocument(document: TrustDocument, now: number = atAnyTime): Fixed | undefined {
  if (document.unresolved.length > 0) return undefined;
  if (!document.policy) return fixCredentials(document);
  if (JSON.stringify(document.policy).length > longest) return undefined;
  return fixPolicy(document.policy, document.duplicates, now);
}

/** In characters: several times what IAM takes of a trust policy. */
const longest = 65_536;
