import { FedbridgeError } from '@fedbridge/core/error';
import {
  type Admitted,
  credentialsVerdict,
  farthest,
  type Grant,
  grantsOfCredentials,
  grantsOfPolicy,
  lintTrustDocument,
  MalformedPolicyError,
  type Mine,
  type PlacedFinding,
  type Position,
  parseFederatedCredential,
  parseTrustPolicy,
  policyVerdict,
  type Reach,
  refuseDuplicates,
  sentenceOf,
  type TrustDocument,
  type Verdict,
  whoIsGranted,
} from '@fedbridge/trust';
import { ownersIn, ownersOf } from './mine.ts';
import { documentsIn, type Problem } from './source.ts';
import { type ReadToken, readToken } from './token.ts';

export interface CheckQuestion {
  /** Documents, as whatever printed them. */
  readonly text: string;
  /** Who is ours, between commas. */
  readonly mine: string;
  /** The claims of a token that is tested; empty for none. */
  readonly token: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

export interface Checked {
  /** Why nothing of the text is read. */
  readonly problem?: Problem | undefined;
  readonly mineProblem?: string | undefined;
  readonly sentence: string;
  readonly reach: Reach;
  readonly documents: readonly CheckedDocument[];
  /** Of those that are allowed and not ours, as they are written where one says who is. */
  readonly owners: readonly string[];
  /** Undefined where none is given; `unread` for a text that has no claims. */
  readonly token?: ReadToken | 'unread' | undefined;
}

export interface CheckedDocument {
  /** Empty for what is all of the text. */
  readonly address: string;
  readonly form: 'policy' | 'credentials';
  readonly position: Position;
  readonly admitted: readonly Admitted[];
  /** Why nobody can say who is allowed. */
  readonly error?: string | undefined;
  readonly findings: readonly PlacedFinding[];
  /** What it says to the token. */
  readonly verdict?: Verdict | undefined;
}

/** All that can be told of a text. */
export function check({ text, mine: owners, token: given, now }: CheckQuestion): Checked {
  const { mine, problem: mineProblem } = ownersIn(owners);
  const read: ReadToken | 'unread' | undefined = given.trim() === '' ? undefined : (readToken(given, now) ?? 'unread');
  const common = { mineProblem, token: read };
  const found = text.trim() === '' ? { documents: [] } : documentsIn(text);
  if ('problem' in found) return { ...common, problem: found.problem, sentence: '', reach: 'nobody', ...none };
  const documents = found.documents.map((one) => checkDocument(one, mine, read === 'unread' ? undefined : read, now));
  const all = documents.flatMap(({ admitted }) => admitted);
  const unread = documents.some(({ error }) => error !== undefined);
  const sentence = unread && all.length === 0 ? '' : sentenceOf(all);
  return {
    ...common,
    sentence: `${sentence}${unread ? ` ${unreadSentence}` : ''}`.trim(),
    reach: farthest(all),
    documents,
    owners: ownersOf(all),
  };
}

const none = { documents: [], owners: [] };
const unreadSentence = 'Of what was not read nothing is known.';

function checkDocument(
  document: TrustDocument,
  mine: readonly Mine[],
  token: ReadToken | undefined,
  now: number,
): CheckedDocument {
  const common = {
    address: document.address,
    form: document.policy ? ('policy' as const) : ('credentials' as const),
    position: document.positionOf([]),
    findings: lintTrustDocument(document),
  };
  try {
    const { grants, test } = readDocument(document, now);
    return {
      ...common,
      admitted: grants.map((grant) => whoIsGranted(grant, mine, now)),
      verdict: token && test(token),
    };
  } catch (error) {
    if (error instanceof FedbridgeError) return { ...common, admitted: [], error: error.message };
    if (error instanceof MalformedPolicyError)
      return { ...common, admitted: [], error: `IAM does not take this document: ${error.message}.` };
    throw error;
  }
}

/**
 * All ways in of a document, and how it answers a token.
 *
 * @throws FedbridgeError `INPUT_INVALID` for one that is not known in full
 * @throws MalformedPolicyError
 */
export function readDocument(
  document: TrustDocument,
  now: number,
): { readonly grants: readonly Grant[]; readonly test: (token: ReadToken) => Verdict } {
  const [hidden] = document.unresolved;
  if (hidden) throw new FedbridgeError('INPUT_INVALID', `The text does not tell what ${hidden.expression} is.`);
  if (document.credentials) {
    const credentials = document.credentials.map(parseFederatedCredential);
    return {
      grants: grantsOfCredentials(credentials),
      test: ({ claims, isWhole }) => credentialsVerdict(credentials, claims, { now, isWhole }),
    };
  }
  refuseDuplicates(document);
  const policy = parseTrustPolicy(document.policy);
  return {
    grants: grantsOfPolicy(policy, now),
    test: ({ claims, isWhole }) => policyVerdict(policy, claims, { now, isWhole }),
  };
}
