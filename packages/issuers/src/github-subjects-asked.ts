/** What policies say of the subjects of GitHub, which claims may make up in any order. */

/** Claims that say whose a token is. */
export const tellingClaims: readonly string[] = [
  ...['repo', 'repository', 'repository_owner', 'repository_owner_id', 'repository_id', 'enterprise_id'],
];
/** Further claims that are condition keys as well. */
export const otherClaims: readonly string[] = [
  ...['actor', 'actor_id', 'environment', 'job_workflow_ref', 'ref', 'workflow'],
];

/** What a subject says of claims that the token has beside it. */
export interface Said {
  /** Claims that are the same in both: only tokens in which they agree are signed. */
  readonly bound: readonly string[];
  /** Further ones that a subject speaks of. */
  readonly seen: readonly string[];
  /** Of bound claims that say whose a token is the texts that they are compared with. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** More claims than these have no fields of their own in a subject: each makes for many more orders. */
const mostBound = { others: 2, besideOwners: 1, all: 3 };

/**
 * The claims that a subject and another condition both speak of, or two parts of a subject.
 *
 * @param subjects - texts and patterns that subjects are compared with
 * @param tested - further claims that something is demanded of
 */
export function saidBy(subjects: readonly string[], tested: readonly string[]): Said {
  const said = new Set<string>();
  const seen = new Set<string>();
  const telling: Mention[] = [];
  for (const subject of subjects) {
    const mentions = mentionsIn(subject);
    for (const { claim } of mentions) seen.add(claim);
    // What has the form of the default template is that first: there the claims are the subject's already.
    const isDefault = /^repo:[^:]*:[a-z_]+(:[^:]*)?$/.test(subject);
    for (const { claim } of mentions)
      if (otherClaims.includes(claim) && (!isDefault || tested.includes(claim))) said.add(claim);
    const ofOwners = mentions.filter(({ claim }) => tellingClaims.includes(claim));
    const areSeveral = new Set(ofOwners.map(({ claim }) => claim)).size > 1;
    // The first may be behind a wildcard.
    telling.push(...ofOwners.filter(({ isBehind }) => areSeveral || isBehind));
  }
  const owners = [...new Set(telling.map(({ claim }) => claim))];
  // Of one of which nothing else is asked the token says what the subject does.
  const isTested = (claim: string) => tested.includes(claim);
  const others = [
    ...[...said].filter(isTested),
    ...(owners.length > 0 ? [] : [...said].filter((one) => !isTested(one))),
  ];
  const ofOthers = others.slice(0, owners.length > 0 ? mostBound.besideOwners : mostBound.others);
  const bound = [...ofOthers, ...owners.slice(0, mostBound.all - ofOthers.length)].sort();
  const values = owners
    .filter((claim) => bound.includes(claim))
    .map((claim) => {
      const texts = telling.flatMap((one) => (one.claim === claim && one.value !== undefined ? [one.value] : []));
      return [claim, [...new Set(texts)].slice(0, mostValues).sort()];
    });
  return {
    bound,
    seen: [...seen].filter((claim) => !bound.includes(claim) && claim !== 'ref').sort(),
    values: Object.fromEntries(values),
  };
}

/** Of further values it is not told that claims agree. */
const mostValues = 3;

/** A claim that a pattern speaks of. */
interface Mention {
  readonly claim: string;
  /** The text that it has there; undefined where wildcards leave several. */
  readonly value: string | undefined;
  /** Whether a wildcard stands before it. */
  readonly isBehind: boolean;
}

/** The claims that letters of a pattern may be of, as names of them: some may be behind wildcards, and in either case. */
function mentionsIn(pattern: string): readonly Mention[] {
  const found: Mention[] = [];
  const texts = pattern.split(':');
  let [isKey, isBehind] = [true, false];
  for (const [at, text] of texts.entries()) {
    const next = texts[at + 1];
    for (const claim of [...tellingClaims, ...otherClaims])
      for (const piece of piecesOf(text, isKey || isBehind)) {
        const isWhole = piece.endsAt === text.length;
        if ((isWhole && next === undefined && !text.endsWith('*')) || !piece.fits(claim)) continue;
        const value = isWhole && next !== undefined && !/[*?]/.test(next) ? next : undefined;
        found.push({ claim, value, isBehind: isBehind || piece.isBehind });
      }
    if (text !== 'pull_request') isKey = !isKey;
    isBehind ||= /[*]/.test(text);
  }
  return found;
}

interface Piece {
  readonly endsAt: number;
  readonly isBehind: boolean;
  readonly fits: (claim: string) => boolean;
}

/** From the beginning or a star to the end or a star, where a letter is among them. */
function piecesOf(text: string, isKey: boolean): readonly Piece[] {
  const stars = [...text.matchAll(/\*/g)].map(({ index }) => index);
  const starts = [...(isKey ? [0] : []), ...stars.filter((at) => at > 0 || !isKey)];
  const ends = [...stars.map((at) => at + 1), ...(text.endsWith('*') ? [] : [text.length])];
  return starts.flatMap((from) =>
    ends.flatMap((endsAt): readonly Piece[] => {
      const piece = text.slice(from, endsAt);
      if (!/[a-z]/i.test(piece)) return [];
      const pattern = piece
        .replace(/[^\w*?]/g, '\\$&')
        .replaceAll('?', '.')
        .replaceAll('*', '.*');
      const whole = new RegExp(`^${pattern}$`, 'i');
      return [{ endsAt, isBehind: piece.startsWith('*') || from > 0, fits: (claim) => whole.test(claim) }];
    }),
  );
}
