/** A pattern among others. */
interface ListedPattern {
  readonly text: string;
  /** Where in it a `*` or `?` stands for itself. */
  readonly literal: ReadonlySet<number>;
  /** Where in it wildcards begin to take colons too: 0 for a pattern that is no ARN. */
  readonly colonsFrom?: number;
}

/**
 * Matches any number of texts with a list of patterns, as `patternMatcher` matches one text: whether one of them matches. It takes a step
 * for each character of the text and each 32 characters of all patterns together.
 */
export function patternListMatcher(patterns: readonly ListedPattern[]): (text: string) => boolean {
  const states = new States(patterns);
  return (text) => states.match(text);
}

/** What wildcards do at a character. */
interface Wild {
  /** States that are reached by a `?`. */
  readonly any: Uint32Array;
  /** Behind which a `*` stands. */
  readonly stays: Uint32Array;
}

/**
 * How far each pattern has come, a bit for each beginning of each. What a wildcard is depends on the character: in the first parts of an
 * ARN none takes a colon.
 */
class States {
  readonly #start: Uint32Array;
  readonly #end: Uint32Array;
  /** Of the text that is matched: memory that is had anew for each takes more time than all else. */
  readonly #now: Uint32Array;
  readonly #atColon: Wild;
  readonly #atOther: Wild;
  /** Reached by a character, by it. */
  readonly #reached = new Map<string, number[]>();
  readonly #masks = new Map<string, Uint32Array>();

  constructor(patterns: readonly ListedPattern[]) {
    const size = patterns.reduce((sum, { text }) => sum + text.length + 1, 0);
    const bits = () => new Uint32Array((size >>> 5) + 1);
    [this.#start, this.#end, this.#now] = [bits(), bits(), bits()];
    this.#atColon = { any: bits(), stays: bits() };
    this.#atOther = { any: bits(), stays: bits() };
    let at = 0;
    for (const pattern of patterns) at = this.#add(pattern, at);
  }

  /** @returns the first state of the next one */
  #add({ text, literal, colonsFrom = 0 }: ListedPattern, first: number): number {
    set(this.#start, first);
    let state = first;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text[at] ?? '';
      const isWild = (unit === '*' || unit === '?') && !literal.has(at);
      if (!isWild || unit === '?') state += 1;
      if (isWild) {
        const kind = unit === '*' ? 'stays' : 'any';
        set(this.#atOther[kind], state);
        if (at >= colonsFrom) set(this.#atColon[kind], state);
        continue;
      }
      const all = this.#reached.get(unit);
      if (all) all.push(state);
      else this.#reached.set(unit, [state]);
    }
    set(this.#end, state);
    return state + 1;
  }

  match(text: string): boolean {
    const bits = this.#now;
    bits.set(this.#start);
    for (let at = 0; at < text.length; at += 1) if (!this.#step(bits, text[at] ?? '')) return false;
    return haveCommon(bits, this.#end);
  }

  /** Whether a pattern is left. */
  #step(bits: Uint32Array, unit: string): boolean {
    const { any, stays } = unit === ':' ? this.#atColon : this.#atOther;
    const reached = this.#reached.get(unit) ?? nothing;
    const isFrequent = reached.length > bits.length;
    const next = isFrequent || reached.length === 0 ? nothing : reached.filter((state) => has(bits, state - 1));
    const mask = isFrequent ? this.#maskOf(unit, reached, any) : any;
    const isAnyLeft = advance(bits, mask, stays);
    for (const state of next) set(bits, state);
    return isAnyLeft || next.length > 0;
  }

  #maskOf(unit: string, reached: readonly number[], any: Uint32Array): Uint32Array {
    const known = this.#masks.get(unit);
    if (known) return known;
    const mask = any.slice();
    for (const state of reached) set(mask, state);
    this.#masks.set(unit, mask);
    return mask;
  }
}

const nothing: readonly number[] = [];

// What takes the time stands in functions of its own, which see nothing but such arrays: within the others V8 gives up on it.

/** Each state goes one on as far as the mask lets it, and stays where it may. @returns whether one is left */
function advance(bits: Uint32Array, mask: Uint32Array, stays: Uint32Array): boolean {
  let left = 0;
  for (let word = bits.length - 1; word >= 0; word -= 1) {
    const now = bits[word] as number;
    const below = word === 0 ? 0 : (bits[word - 1] as number) >>> 31;
    const next = mask[word] as number;
    const staying = stays[word] as number;
    const then = (((now << 1) | below) & next) | (now & staying);
    bits[word] = then;
    left |= then;
  }
  return left !== 0;
}

/** Of the same length. */
function haveCommon(bits: Uint32Array, others: Uint32Array): boolean {
  for (let word = 0; word < bits.length; word += 1) {
    const one = bits[word] as number;
    const other = others[word] as number;
    if ((one & other) !== 0) return true;
  }
  return false;
}

function set(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

function has(bits: Uint32Array, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}
