import type { PluginContext } from 'rolldown';

export type Program = ReturnType<PluginContext['parse']>;
type Statement = Program['body'][number];

/** A piece of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text without some pieces of it, which are in their order. */
export function without(text: string, pieces: readonly Span[]): string {
  // From the last to the first, so that the places of the others stay.
  return pieces.reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), text);
}

/** The members of an object that a text names: of `im`, each `im.name`. */
export function namesOf(object: string, text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(new RegExp(`\\b${object}\\.(\\w+)`, 'g'))].flatMap(([, name]) => name ?? []));
}

/**
 * A CommonJS module without the functions that nothing needs: neither who asks for it, nor what runs as it loads, nor a function that is
 * needed. Bundlers keep them all, since anybody might look into `exports`.
 *
 * @param asked - by their names in `exports`
 */
export function withoutUnused(code: string, asked: ReadonlySet<string>, parse: (code: string) => Program): string {
  const { body } = parse(code);
  // Functions by their names, and what is given by the names that it is given as.
  const optional = new Map<string, Statement>();
  for (const one of body) {
    const name = one.type === 'FunctionDeclaration' ? one.id?.name : exportedBy(one);
    if (name !== undefined) optional.set(name, one);
  }
  const all = new Set(optional.values());
  const needed = new Set(body.filter((one) => !all.has(one) && !isDeclaration(one)));
  for (const name of asked) {
    const found = optional.get(`exports.${name}`);
    if (found) needed.add(found);
  }
  for (const { start, end } of needed) {
    for (const [name] of code.slice(start, end).matchAll(/(?<![.\w$])(?:exports\.)?[\w$]+/g)) {
      const found = optional.get(name);
      if (found) needed.add(found);
    }
  }
  return without(
    code,
    body.filter((one) => !needed.has(one)),
  );
}

/** `exports.name` of `exports.name = function` and `exports.name = module.function`, which do nothing else. */
function exportedBy(one: Statement): string | undefined {
  if (one.type !== 'ExpressionStatement' || one.expression.type !== 'AssignmentExpression') return undefined;
  const { left, right } = one.expression;
  const isRead =
    right.type === 'Identifier' || (right.type === 'MemberExpression' && right.object.type === 'Identifier');
  if (!isRead || left.type !== 'MemberExpression' || left.property.type !== 'Identifier') return undefined;
  return left.object.type === 'Identifier' && left.object.name === 'exports'
    ? `exports.${left.property.name}`
    : undefined;
}

/** Whether it is `exports.one = exports.other = void 0`, by which a compiler says what is to come. */
function isDeclaration(one: Statement): boolean {
  if (one.type !== 'ExpressionStatement') return false;
  let { expression } = one;
  while (expression.type === 'AssignmentExpression') expression = expression.right;
  return expression.type === 'UnaryExpression' && expression.operator === 'void';
}
