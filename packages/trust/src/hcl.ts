import { inertJson } from '@fedbridge/core/inert';

/** A value of Terraform's language: a text, a list, an object, or an expression as it stands. */
export type HclValue = string | readonly HclValue[] | { readonly [name: string]: HclValue } | Expression;

/** A reference or a call: what is not a literal. */
export class Expression {
  readonly text: (indent: string) => string;

  constructor(text: string | ((indent: string) => string)) {
    this.text = typeof text === 'string' ? () => text : text;
  }
}

/** A block, `resource "type" "name"` for example, laid out as `terraform fmt` does. */
export function hclBlock(header: string, members: Readonly<Record<string, HclValue>>): string {
  return `${header} {\n${body(Object.entries(members), '  ')}\n}`;
}

/** `jsonencode` of a document. */
export function jsonencode(document: HclValue): Expression {
  return new Expression((indent) => `jsonencode(${value(document, indent)})`);
}

/** A string in which nothing is a template. */
function hclText(text: string): string {
  const templates = inertJson(text)
    .replaceAll(/(?<=[$%])[$%](?=\{)/g, (sign) => (sign === '$' ? '\\u0024' : '\\u0025'))
    .replaceAll(/([$%])(?=\{)/g, '$1$1');
  // JSON knows two escapes more. A backslash that is escaped is none.
  return templates.replaceAll(/\\[\s\S]/g, (one) => ({ '\\b': '\\u0008', '\\f': '\\u000c' })[one] ?? one);
}

function value(one: HclValue, indent: string): string {
  if (typeof one === 'string') return hclText(one);
  if (one instanceof Expression) return one.text(indent);
  if (isList(one)) return `[${one.map((item) => value(item, indent)).join(', ')}]`;
  const members = Object.entries(one).map(([name, member]) => [hclText(name), member] as const);
  return `{\n${body(members, `${indent}  `)}\n${indent}}`;
}

/** Lines of members; the signs of those that follow each other, each on one line, stand below each other. */
function body(members: readonly (readonly [string, HclValue])[], indent: string): string {
  const written = members.map(([name, member]) => ({ name, text: value(member, indent) }));
  const lines = written.map(({ name, text }, index) => {
    if (text.includes('\n')) return `${indent}${name} = ${text}`;
    let [first, last] = [index, index];
    while (written[first - 1]?.text.includes('\n') === false) first -= 1;
    while (written[last + 1]?.text.includes('\n') === false) last += 1;
    const width = Math.max(...written.slice(first, last + 1).map((one) => one.name.length));
    return `${indent}${name.padEnd(width)} = ${text}`;
  });
  return lines.join('\n');
}

const isList = (one: HclValue): one is readonly HclValue[] => Array.isArray(one);
