import { type Endpoint, FedbridgeError, parseEndpoint } from '@fedbridge/core';

/** JSON in which `{name}` stands for a value. */
export type Template = string | number | boolean | readonly Template[] | { readonly [member: string]: Template };

/** What names stand for. */
export type Values = Readonly<Record<string, Template | undefined>>;

const names = /\{(\w+)\}/g;

/** A text with its values, lists as words; undefined where one of them is not there. */
export function fillText(text: string, values: Values): string | undefined {
  let isWhole = true;
  const filled = text.replace(names, (_, name: string) => {
    const value = values[name];
    if (value === undefined) isWhole = false;
    return Array.isArray(value) ? value.join(' ') : String(value);
  });
  return isWhole ? filled : undefined;
}

/** JSON with its values, without the members of which one is not there. A text that is a name alone becomes the value as it is. */
export function fill(template: Template, values: Values): Template | undefined {
  if (typeof template === 'string') {
    const [, name] = /^\{(\w+)\}$/.exec(template) ?? [];
    return name === undefined ? fillText(template, values) : values[name];
  }
  if (Array.isArray(template)) return template.flatMap((one: Template) => fill(one, values) ?? []);
  if (typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).flatMap(([name, member]) => given(name, fill(member, values))));
}

/** Texts with their values, without those of which one is not there. */
export function fillTexts(texts: Readonly<Record<string, string>>, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => given(name, fillText(text, values))));
}

const given = <T>(name: string, value: T | undefined): (readonly [string, T])[] =>
  value === undefined ? [] : [[name, value]];

/**
 * An address with its values: the first is an address itself, the others are parts of its path, slashes and all.
 *
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`, `INPUT_INVALID` for a part that leads elsewhere
 */
export function fillUrl(text: string, values: Values): Endpoint {
  const [, base = '', rest = ''] = /^\{(\w+)\}(.*)$/.exec(text) ?? [];
  const url = parseEndpoint(String(values[base] ?? ''), base);
  if (rest !== '')
    url.pathname = url.pathname.replace(/\/$/, '') + rest.replace(names, (_, name) => path(String(values[name])));
  return url;
}

function path(text: string): string {
  const segments = text.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new FedbridgeError('INPUT_INVALID', `"${text}" is no path: it has an empty part, or dots for one.`);
  }
  return segments.map((segment) => encodeURIComponent(segment).replaceAll('%40', '@')).join('/');
}
