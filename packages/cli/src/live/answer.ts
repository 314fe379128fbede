import type { FedbridgeError } from '@fedbridge/core';

type Malformed = (what: string) => FedbridgeError;

/** What a tool answered, read member by member: none of it is taken to be what it should be. */
export class Answer {
  /** As it was parsed. */
  readonly value: unknown;
  readonly #path: string;
  readonly #malformed: Malformed;

  /**
   * @param value - of JSON
   * @param malformed - makes the error of what is not as it should be, of a sentence
   * @param path - where in the whole answer it stands
   */
  constructor(value: unknown, malformed: Malformed, path = '') {
    this.value = value;
    this.#path = path;
    this.#malformed = malformed;
  }

  /** All members of an object. @throws FedbridgeError `ANSWER_MALFORMED` */
  object(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#not('an object');
    return value as Readonly<Record<string, unknown>>;
  }

  /** An object's member, whatever it is. @throws FedbridgeError `ANSWER_MALFORMED` */
  member(name: string): Answer {
    const members = this.object();
    const found = Object.hasOwn(members, name) ? members[name] : undefined;
    return new Answer(found, this.#malformed, this.#path === '' ? name : `${this.#path}.${name}`);
  }

  /** @throws FedbridgeError `ANSWER_MALFORMED` */
  text(name: string): string {
    const member = this.member(name);
    if (typeof member.value === 'string') return member.value;
    throw member.#not('a text');
  }

  /** The same of a member that may be missing or null. @throws FedbridgeError `ANSWER_MALFORMED` */
  textIfAny(name: string): string | undefined {
    return this.#isAbsent(name) ? undefined : this.text(name);
  }

  /** The items of a list. @throws FedbridgeError `ANSWER_MALFORMED` */
  items(): readonly Answer[] {
    if (!Array.isArray(this.value)) throw this.#not('a list');
    return this.value.map((one: unknown, at) => new Answer(one, this.#malformed, `${this.#path}[${at}]`));
  }

  /** A list of texts in a member; empty where that is missing or null. @throws FedbridgeError `ANSWER_MALFORMED` */
  texts(name: string): readonly string[] {
    return this.itemsIfAny(name).map((one) => {
      if (typeof one.value === 'string') return one.value;
      throw one.#not('a text');
    });
  }

  /** The items of a member; none where that is missing or null. @throws FedbridgeError `ANSWER_MALFORMED` */
  itemsIfAny(name: string): readonly Answer[] {
    return this.#isAbsent(name) ? [] : this.member(name).items();
  }

  #isAbsent(name: string): boolean {
    const { value } = this.member(name);
    return value === undefined || value === null;
  }

  #not(what: string): FedbridgeError {
    return this.#malformed(`${this.#path === '' ? 'The whole of it' : this.#path} is not ${what}.`);
  }
}
