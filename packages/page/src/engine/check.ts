import { FedbridgeError } from '@fedbridge/core/error';
import {
  type Admitted,
  credentialsVerdict,
  farthest,
  isUnbounded,
  lintTrustDocument,
  type Mine,
  type PlacedFinding,
  type Position,
  parseTrustPolicy,
  policyVerdict,
  type Reach,
  sentenceOf,
  type Verdict,
  verdictOnSigned,
  whoIsGranted,
} from '@fedbridge/trust';
import { type DocumentInFile, federatedCredentials, grantsIn } from '@fedbridge/trust-files';
import { type FixedDocument, fixedDocument } from './fixed.ts';
import { ownersIn, ownersOf } from './mine.ts';
import { type Problem, problemOf, read } from './source.ts';
import { type ReadToken, readToken } from './token.ts';

/** Whom documents allow, and whether they allow a token. */
export interface CheckQuestion {
  /** Documents, as whatever printed them. */
  readonly text: string;
  /** Who is ours, between commas. */
  readonly mine: string;
  /** The claims of a token that is tested; empty for none. */
  readonly token: string;
  /** What a template does not tell, `name=value` between commas. */
  readonly parameters: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** Whom all documents of a text allow. */
export interface Checked {
  /** Why nothing of the text is read. */
  readonly problem?: Problem | undefined;
  readonly mineProblem?: string | undefined;
  readonly sentence: string;
  /** How far all reaches. `not known` where something was not read, and nobody is known to be let in by the rest. */
  readonly standing: Standing;
  readonly documents: readonly CheckedDocument[];
  /** Of those that are allowed and not ours, as they are written where one says who is. */
  readonly owners: readonly string[];
  /** Whether a template did not tell something, or was told it. */
  readonly isTemplate: boolean;
  /** Undefined where none is given; `unread` for a text that has no claims. */
  readonly token?: ReadToken | 'unread' | undefined;
}

/** How sure the sentence is, and how bad what it says. */
export type Standing = Reach | 'not known';

/** Whom one of them allows, and what is wrong with it. */
export interface CheckedDocument {
  /** Empty for what is all of the text. */
  readonly address: string;
  readonly position: Position;
  readonly admitted: readonly Admitted[];
  /** Why nobody can say who is allowed. */
  readonly problem?: Problem | undefined;
  readonly findings: readonly PlacedFinding[];
  /** What it says to the token. */
  readonly verdict?: Verdict | undefined;
  /** Undefined where nothing can be fixed without a decision. */
  readonly fixed?: FixedDocument | undefined;
}

/** All that can be told of a text. */
export async function check({ text, mine: owners, token: given, parameters, now }: CheckQuestion): Promise<Checked> {
  const { mine, problem: mineProblem } = ownersIn(owners);
  const token: Checked['token'] = given.trim() === '' ? undefined : (readToken(given, now) ?? 'unread');
  const found = await read(text, parameters);
  const isFew = found.documents.length <= mostFixed;
  const documents: CheckedDocument[] = [];
  for (const one of found.documents) {
    const checked = checkDocument(one, mine, token === 'unread' ? undefined : token, now);
    documents.push(isFew ? { ...checked, fixed: await fixedDocument(one, mine, now) } : checked);
  }
  const all = documents.flatMap(({ admitted }) => admitted);
  const unread = documents.filter(({ problem }) => problem);
  const known = documents.length === 0 || unread.length === documents.length ? '' : sentenceOf(all);
  const sentence = unread.length > 0 ? `${known} Of what was not read nothing is known.`.trim() : known;
  return {
    ...{ problem: found.problem, mineProblem, token, sentence, documents },
    ...{ standing: standingOf(all, unread.length > 0), owners: ownersOf(all) },
    isTemplate: parameters !== '' || found.documents.some(({ document }) => document.unresolved.length > 0),
  };
}

function standingOf(all: readonly Admitted[], isUnread: boolean): Standing {
  const reach = farthest(all);
  return isUnread && !isUnbounded(reach) ? 'not known' : reach;
}

/** As many documents as somebody fixes by hand. */
const mostFixed = 20;

function checkDocument(
  one: DocumentInFile,
  mine: readonly Mine[],
  token: ReadToken | undefined,
  now: number,
): CheckedDocument {
  const { document } = one;
  const common = {
    address: document.address,
    position: document.positionOf([]),
    findings: lintTrustDocument(document, now),
  };
  try {
    const admitted = grantsIn(one, now).map((grant) => whoIsGranted(grant, mine, now));
    return { ...common, admitted, verdict: token && verdictOf(one, token) };
  } catch (error) {
    if (error instanceof FedbridgeError) return { ...common, admitted: [], problem: problemOf(error) };
    throw error;
  }
}

/** Of a document that was read in full. */
function verdictOf(one: DocumentInFile, { claims, isWhole, testedAt: now }: ReadToken): Verdict {
  const { policy, address } = one.document;
  if (!policy) return verdictOnSigned(credentialsVerdict(federatedCredentials(one), claims, { now, isWhole }), claims);
  // What prints a role says which one it is.
  const role = address.startsWith('arn:') ? address : undefined;
  return verdictOnSigned(policyVerdict(parseTrustPolicy(policy), claims, { now, isWhole, role }), claims);
}
