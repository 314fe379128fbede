/**
 * An item of a list of YAML, a line each, without indentation: a value of JSON, of which texts that would be something else are quoted.
 */
export function yamlItem(value: unknown): readonly string[] {
  return nested(value, '- ', '  ');
}

/** @param first - what the first line begins with @param others - what further lines begin with */
function nested(value: unknown, first: string, others: string): string[] {
  return linesOf(value).map((line, index) => `${index === 0 ? first : others}${line}`);
}

function linesOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || isShort(value)) return [inLine(value)];
  if (Array.isArray(value)) return value.flatMap((one) => nested(one, '- ', '  '));
  return Object.entries(value).flatMap(([name, one]) => {
    const isBlock = typeof one === 'object' && one !== null && !isShort(one);
    return isBlock ? [`${scalar(name)}:`, ...nested(one, '  ', '  ')] : [`${scalar(name)}: ${inLine(one)}`];
  });
}

/** What stands in one line: nothing, or texts. */
function isShort(value: object): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one !== 'object' || one === null);
  return Object.keys(value).length === 0;
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

/** Source: YAML 1.2.2, 7.3.3 "Plain style": these begin, go on and end as no other kind of value does. */
const scalar = (text: string) =>
  /^[a-z/](?:[\w./@-]|:(?=[\w/.-]))*$/i.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
