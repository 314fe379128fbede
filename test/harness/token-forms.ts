import type { Language, TokenShape } from '../../packages/issuers/src/token-shape.ts';

/** The texts of a language, as a regular expression for the flag `u`. */
export function patternOf(language: Language): string {
  if (typeof language === 'string')
    return language.replace(/[^\w]/g, (one) => `\\u{${one.charCodeAt(0).toString(16)}}`);
  if ('sequence' in language) return language.sequence.map(patternOf).join('');
  if ('anyOf' in language) return `(?:${language.anyOf.map(patternOf).join('|')})`;
  if ('many' in language) return `(?:${patternOf(language.many)})*`;
  if ('anyCase' in language) throw new Error('No form of an issuer ignores case.');
  const set = language.chars === '^' ? '[^]' : `[${escapedSet(language.chars)}]`;
  return `${set}${language.length === undefined ? '+' : `{${language.length}}`}`;
}

/** A set as `Language` writes it, of which a regular expression means more characters than the hyphen. */
function escapedSet(chars: string): string {
  const [not, those] = chars.startsWith('^') ? ['^', chars.slice(1)] : ['', chars];
  return not + those.replace(/[\\[\]/]/g, String.raw`\$&`);
}

/**
 * Whether a token is of a form: what stands in a field of two claims is the same. By a regular expression over all claims, so that the
 * engine of packages/trust has no part in it.
 *
 * @param claims - all that the form speaks of, and others, of which nothing is asked; none with a line break, or with a colon where a form
 *   escapes it
 */
export function isOfForm(shape: TokenShape, claims: Readonly<Record<string, string>>): boolean {
  const groups = new Map<string, string>();
  let pattern = '';
  let token = '';
  for (const [claim, parts] of Object.entries(shape.claims)) {
    const value = claims[claim];
    if (value === undefined) {
      const [part] = parts;
      if (parts.length !== 1 || typeof part !== 'object' || !shape.fields[part.field]?.optional) return false;
      continue;
    }
    token += `${value}\n`;
    for (const part of parts) {
      if (typeof part === 'string') pattern += patternOf(part);
      else if (groups.has(part.field)) pattern += `\\k<${groups.get(part.field)}>`;
      else {
        const group = `g${groups.size}`;
        groups.set(part.field, group);
        pattern += `(?<${group}>${patternOf(shape.fields[part.field]?.language ?? '')})`;
      }
    }
    pattern += '\\n';
  }
  return new RegExp(`^${pattern}$`, 'u').test(token);
}
