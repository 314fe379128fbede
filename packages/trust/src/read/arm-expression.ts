import type { ResolvedLength } from './resolved-length.ts';
import type { Members, Parameters } from './trust-document.ts';
import { placeholder } from './unresolved.ts';

/** What expressions refer to. */
export interface ArmTemplate {
  readonly parameters: Parameters;
  readonly variables: Members;
  readonly length: ResolvedLength;
  /** What it says by name, as it is written. */
  readonly sections: readonly unknown[];
}

/**
 * A text of an ARM template: an expression where it stands in brackets. What needs a deployment becomes a placeholder; a parameter's
 * default is no value.
 * Source: Microsoft Learn, "Syntax and expressions in ARM templates"; "String functions for ARM templates".
 */
export function armText(text: string, template: ArmTemplate): string {
  if (text.startsWith('[[')) return text.slice(1);
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  const expression = text.slice(1, -1).trim();
  // A list of JSON is no expression, and makes a template none.
  if (/^["{[]/.test(expression)) return text;
  const scanner = new Scanner(expression, template);
  const value = scanner.value();
  return scanner.isAtEnd && value !== undefined ? value : placeholder(expression);
}

const deepest = 50;

class Scanner {
  readonly #text: string;
  readonly #template: ArmTemplate;
  #at = 0;
  #depth = 0;

  constructor(text: string, template: ArmTemplate) {
    this.#text = text;
    this.#template = template;
  }

  get isAtEnd(): boolean {
    this.#take(/\s*/y);
    return this.#at === this.#text.length;
  }

  /** A literal or a call; undefined for what is neither, after which nothing more is read. */
  value(): string | undefined {
    this.#take(/\s*/y);
    const literal = this.#take(/'((?:[^']|'')*)'/y);
    if (literal) return literal.slice(1, -1).replaceAll("''", "'");
    const number = this.#take(/-?\d+/y);
    if (number) return number;
    const start = this.#at;
    const name = this.#take(/[A-Za-z]\w*(?=\s*\()/y);
    const args = name === undefined ? undefined : this.#arguments();
    if (!name || !args) return undefined;
    // A member of what a call gives.
    const hasMore = this.#take(/(\s*(\.\s*\w+|\[[^[\]]*\]))+/y) !== undefined;
    const result = hasMore ? undefined : called(name.toLowerCase(), args, this.#template);
    return result ?? placeholder(this.#text.slice(start, this.#at));
  }

  #arguments(): readonly string[] | undefined {
    this.#depth += 1;
    this.#take(/\s*\(\s*/y);
    const values: string[] = [];
    if (this.#depth > deepest) return undefined;
    while (this.#take(/\)/y) === undefined) {
      const value = this.value();
      if (value === undefined) return undefined;
      values.push(value);
      if (this.#take(/\s*(,|(?=\)))/y) === undefined) return undefined;
    }
    this.#depth -= 1;
    return values;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }
}

function called(name: string, args: readonly string[], template: ArmTemplate): string | undefined {
  const { parameters, variables, length } = template;
  const [first = '', ...others] = args;
  const put = (text: string) => {
    length.take(text.length);
    return text;
  };
  switch (name) {
    case 'parameters':
      return Object.hasOwn(parameters, first) ? put(parameters[first] ?? '') : undefined;
    case 'variables': {
      const value = Object.hasOwn(variables, first) ? variables[first] : undefined;
      // An expression in a variable is left to a deployment.
      return typeof value === 'string' && !value.startsWith('[') ? put(value) : undefined;
    }
    case 'concat':
      return args.map(put).join('');
    case 'format':
      return first.replaceAll(/\{\{|\}\}|\{(\d+)\}/g, (whole, index?: string) =>
        index === undefined ? whole.charAt(0) : put(others[Number(index)] ?? whole),
      );
    case 'tolower':
      return first.includes('⟨') ? undefined : first.toLowerCase();
    default:
      return undefined;
  }
}
