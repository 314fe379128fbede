const none: ReadonlySet<number> = new Set();

/** Whether a pattern matches; `literal` says where in it a `*` or `?` stands for itself. */
export type Matcher = (pattern: string, literal?: ReadonlySet<number>) => boolean;

/** `*` for any text and `?` for any one character, over the whole value; case counts. */
export function matchesPattern(text: string, pattern: string): boolean {
  return patternMatcher(text)(pattern);
}

/**
 * Matches one text with any number of patterns, as `matchesPattern` does. However many stars one has, it takes a step for each of its
 * characters and each 32 characters of the text at most: nobody can make a pattern that takes minutes.
 */
export function patternMatcher(text: string): Matcher {
  const places = new Places(text);
  return (pattern, literal = none) => {
    const reached = new Reached(text, places);
    for (let at = 0; at < pattern.length; at += 1) {
      const unit = pattern[at];
      const isWild = !literal.has(at);
      if (unit === '*' && isWild) reached.extend();
      else reached.step(unit === '?' && isWild ? undefined : unit);
      if (reached.isEmpty) return false;
    }
    return reached.has(text.length);
  };
}

/** The lengths of what a pattern, as far as it was read, matches at the beginning of a text: a bit for each. */
class Reached {
  readonly #text: string;
  readonly #bits: Uint32Array;
  /** No bit is set below or above these two. */
  #low = 0;
  #high = 0;
  readonly #places: Places;

  constructor(text: string, places: Places) {
    this.#text = text;
    this.#places = places;
    this.#bits = new Uint32Array(((text.length + 1) >>> 5) + 1);
    this.#set(0);
  }

  get isEmpty(): boolean {
    return this.#low > this.#high;
  }

  has(length: number): boolean {
    return (((this.#bits[length >>> 5] ?? 0) >>> (length & 31)) & 1) === 1;
  }

  /** Takes any text. */
  extend(): void {
    const bits = this.#bits;
    const word = bits[this.#low >>> 5] ?? 0;
    this.#low = (this.#low & ~31) + 31 - Math.clz32(word & -word);
    this.#high = this.#text.length;
    bits.fill(0xffffffff, (this.#low >>> 5) + 1, this.#high >>> 5);
    for (let at = this.#low; at <= Math.min(this.#low | 31, this.#high); at += 1) this.#set(at);
    for (let at = Math.max(this.#high & ~31, this.#low); at <= this.#high; at += 1) this.#set(at);
  }

  /** Takes one character, any without one named. */
  step(unit: string | undefined): void {
    const width = this.#high - this.#low;
    const places = unit === undefined || width < 64 ? undefined : this.#places.of(unit);
    if (width < 64) this.#stepEach(unit);
    else if (places && places.length * 32 < width) this.#stepAt(places);
    else this.#shift(unit === undefined ? undefined : this.#places.maskOf(unit));
    this.#tighten();
  }

  #stepEach(unit: string | undefined): void {
    for (let at = Math.min(this.#high, this.#text.length - 1); at >= this.#low; at -= 1) {
      if (this.has(at) && (unit === undefined || this.#text[at] === unit)) this.#set(at + 1);
      else this.#clear(at + 1);
    }
    this.#clear(this.#low);
    this.#low += 1;
    this.#high = Math.min(this.#high + 1, this.#text.length);
  }

  #stepAt(places: readonly number[]): void {
    const next = places.filter((at) => this.has(at)).map((at) => at + 1);
    this.#bits.fill(0, this.#low >>> 5, (this.#high >>> 5) + 1);
    for (const at of next) this.#set(at);
    this.#low = next[0] ?? 1;
    this.#high = next.at(-1) ?? 0;
  }

  #shift(mask: Uint32Array | undefined): void {
    const bits = this.#bits;
    const first = this.#low >>> 5;
    const last = (this.#high + 1) >>> 5;
    const masked = (word: number) => {
      const all = bits[word] as number;
      return mask ? all & (mask[word] as number) : all;
    };
    let above = masked(last);
    for (let word = last; word > first; word -= 1) {
      const all = bits[word - 1] as number;
      const below = mask ? all & (mask[word - 1] as number) : all;
      bits[word] = (above << 1) | (below >>> 31);
      above = below;
    }
    bits[first] = above << 1;
    this.#clear(this.#text.length + 1);
    this.#low += 1;
    this.#high = Math.min(this.#high + 1, this.#text.length);
  }

  /** Leaves words without bits out on both sides. */
  #tighten(): void {
    while (!this.isEmpty && this.#bits[this.#low >>> 5] === 0) this.#low = (this.#low | 31) + 1;
    while (!this.isEmpty && this.#bits[this.#high >>> 5] === 0) this.#high = (this.#high & ~31) - 1;
  }

  #set(at: number): void {
    this.#bits[at >>> 5] = (this.#bits[at >>> 5] ?? 0) | (1 << (at & 31));
  }

  #clear(at: number): void {
    this.#bits[at >>> 5] = (this.#bits[at >>> 5] ?? 0) & ~(1 << (at & 31));
  }
}

/** Where in a text each of its characters stands. */
class Places {
  readonly #text: string;
  #all: Map<string, number[]> | undefined;
  readonly #masks = new Map<string, Uint32Array>();

  constructor(text: string) {
    this.#text = text;
  }

  of(unit: string): readonly number[] {
    if (!this.#all) {
      this.#all = new Map();
      for (let at = 0; at < this.#text.length; at += 1) {
        const one = this.#text[at] ?? '';
        const places = this.#all.get(one);
        if (places) places.push(at);
        else this.#all.set(one, [at]);
      }
    }
    return this.#all.get(unit) ?? [];
  }

  /** A bit for each. It is made for characters that are frequent alone, so that there are few of them. */
  maskOf(unit: string): Uint32Array {
    const known = this.#masks.get(unit);
    if (known) return known;
    const mask = new Uint32Array(((this.#text.length + 1) >>> 5) + 1);
    for (const at of this.of(unit)) mask[at >>> 5] = (mask[at >>> 5] ?? 0) | (1 << (at & 31));
    this.#masks.set(unit, mask);
    return mask;
  }
}
