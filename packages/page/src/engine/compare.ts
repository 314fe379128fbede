import { FedbridgeError } from '@fedbridge/core/error';
import { type Admitted, type Grant, MalformedPolicyError, whoIsNew } from '@fedbridge/trust';
import { readDocument } from './check.ts';
import { ownersIn } from './mine.ts';
import { documentsIn, type Problem } from './source.ts';

export interface CompareQuestion {
  readonly before: string;
  readonly after: string;
  /** Who is ours, between commas. */
  readonly mine: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

export interface Compared {
  readonly mineProblem?: string | undefined;
  readonly beforeProblem?: Problem | undefined;
  readonly afterProblem?: Problem | undefined;
  /** Undefined where one of the two is not read. */
  readonly changes?: { readonly gained: readonly Admitted[]; readonly lost: readonly Admitted[] };
}

/** Who is allowed by a text and was not by another, and who no longer is. */
export function compare({ before, after, mine: owners, now }: CompareQuestion): Compared {
  const { mine, problem: mineProblem } = ownersIn(owners);
  const [old, fresh] = [grantsIn(before, now), grantsIn(after, now)];
  if ('problem' in old || 'problem' in fresh) {
    const problemOf = (side: Side) => ('problem' in side ? side.problem : undefined);
    return { mineProblem, beforeProblem: problemOf(old), afterProblem: problemOf(fresh) };
  }
  const isNew = (from: Grants, to: Grants) =>
    [...to].flatMap(([address, all]) => whoIsNew(from.get(address) ?? [], all, mine, now));
  const [one, other] = paired(old.grants, fresh.grants);
  return { mineProblem, changes: { gained: isNew(one, other), lost: isNew(other, one) } };
}

/** What each document allows, by its address. */
type Grants = ReadonlyMap<string, readonly Grant[]>;

type Side = { readonly grants: Grants } | { readonly problem: Problem };

function grantsIn(text: string, now: number): Side {
  // Before there was a document, nobody was allowed.
  if (text.trim() === '') return { grants: new Map() };
  const found = documentsIn(text);
  if ('problem' in found) return found;
  const isOne = found.documents.length === 1;
  const grants = new Map<string, readonly Grant[]>();
  for (const document of found.documents) {
    const { address } = document;
    try {
      const all = readDocument(document, now).grants;
      const named = isOne ? all : all.map((grant) => ({ ...grant, where: `${address} ${grant.where}` }));
      grants.set(address, [...(grants.get(address) ?? []), ...named]);
    } catch (error) {
      if (!(error instanceof FedbridgeError || error instanceof MalformedPolicyError)) throw error;
      const message = error instanceof FedbridgeError ? error.message : `IAM does not take this: ${error.message}.`;
      return { problem: { message, position: document.positionOf([]) } };
    }
  }
  return { grants };
}

/** Two documents that stand alone are each other's, whatever they are called. */
function paired(old: Grants, fresh: Grants): readonly [Grants, Grants] {
  if (old.size > 1 || fresh.size > 1) return [old, fresh];
  const alone = (grants: Grants): Grants => new Map([['', [...grants.values()].flat()]]);
  return [alone(old), alone(fresh)];
}
