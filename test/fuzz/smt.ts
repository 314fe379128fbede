/** Languages of texts as SMT-LIB writes them, made from documents alone: what they say of the engine must not come from it. */
export type Language = string;

/** All texts of characters that can be shown: where a policy names no others, nothing hangs on the rest. */
export const anyText: Language = '(re.* (re.range " " "~"))';
const nothing: Language = 're.none';

export const text = (literal: string): Language => `(str.to_re "${escaped(literal)}")`;
export const union = (...all: readonly Language[]): Language =>
  all.length === 0 ? nothing : all.length === 1 ? (all[0] ?? nothing) : `(re.union ${all.join(' ')})`;
export const both = (...all: readonly Language[]): Language =>
  all.length === 0 ? anyText : all.length === 1 ? (all[0] ?? anyText) : `(re.inter ${all.join(' ')})`;
export const but = (language: Language): Language => `(re.inter ${anyText} (re.comp ${language}))`;
export const sequence = (...all: readonly Language[]): Language =>
  all.length === 1 ? (all[0] ?? '') : `(re.++ ${all.join(' ')})`;
export const many = (language: Language): Language => `(re.* ${language})`;
export const some = (language: Language): Language => `(re.+ ${language})`;
export const oneBut = (character: string): Language => both('(re.range " " "~")', `(re.comp ${text(character)})`);
export const range = (from: string, to: string): Language => `(re.range "${escaped(from)}" "${escaped(to)}")`;

function escaped(literal: string): string {
  return [...literal]
    .map((one) => (/[\w:/@. -]/.test(one) ? one : `\\u{${one.codePointAt(0)?.toString(16)}}`))
    .join('');
}

/** A condition of a policy on the one claim that is asked about. */
export interface TextCondition {
  readonly operator: string;
  readonly values: readonly string[];
}

/**
 * The texts for which a condition holds.
 * Source: IAM User Guide, "Condition operators", "Set operators for multivalued keys": an empty value is none to those.
 */
export function languageOf({ operator, values }: TextCondition): Language {
  if (operator === 'Null') return values.includes('false') ? anyText : nothing;
  const [, set, name = ''] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(?:IfExists)?$/.exec(operator) ?? [];
  const isNegated = name.includes('Not');
  const named = union(...values.map((value) => patternOf(name.replace('Not', ''), value)));
  const holds = isNegated ? but(named) : named;
  if (set === undefined) return holds;
  const inhabited = both(holds, but(text('')));
  return set === 'ForAllValues' ? union(inhabited, text('')) : inhabited;
}

function patternOf(name: string, value: string): Language {
  if (name.startsWith('Arn')) return arnOf(value);
  const letters = [...value].map((one) => {
    if (name === 'StringLike' && one === '*') return anyText;
    if (name === 'StringLike' && one === '?') return '(re.range " " "~")';
    return name === 'StringEqualsIgnoreCase' ? union(text(one.toLowerCase()), text(one.toUpperCase())) : text(one);
  });
  return letters.length === 0 ? text('') : sequence(...letters);
}

/** Six parts, the last with all colons that are left. */
function arnOf(value: string): Language {
  const parts = value.split(':');
  if (parts.length < 6) return nothing;
  const all = [...parts.slice(0, 5), parts.slice(5).join(':')];
  const languages = all.map((part, index) => {
    const unit = index < 5 ? oneBut(':') : '(re.range " " "~")';
    const letters = [...part].map((one) => (one === '*' ? many(unit) : one === '?' ? unit : text(one)));
    return letters.length === 0 ? text('') : sequence(...letters);
  });
  return sequence(...languages.flatMap((one, index) => (index === 0 ? [one] : [text(':'), one])));
}

/** A question: whether a language has a text, and which. */
export const question = (language: Language): string =>
  `(echo "${mark}")(push)(assert (str.in_re s ${language}))(check-sat)(get-value (s))(pop)`;

const mark = 'next';

export type Answer = { readonly is: 'sat'; readonly model: string } | { readonly is: 'unsat' | 'unknown' };

/** What a solver says to questions, in their order: where it gave up, that it is unknown. */
export function answersIn(output: string): readonly Answer[] {
  const [, ...all] = `\n${output}`.split(`\n${mark}\n`);
  return all.map((one): Answer => {
    const [verdict, value = ''] = one.split('\n');
    const [, model] = /^\(\(s "(.*)"\)\)$/.exec(value) ?? [];
    if (verdict === 'sat' && model !== undefined) return { is: 'sat', model: unescaped(model) };
    return { is: verdict === 'unsat' ? 'unsat' : 'unknown' };
  });
}

const unescaped = (value: string) =>
  value
    .replaceAll('""', '"')
    .replace(/\\u\{([\da-f]+)\}/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
