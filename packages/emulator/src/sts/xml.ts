/** An element's content: text, elements by name, or the members of a list. */
export type Xml = string | number | readonly Xml[] | { readonly [name: string]: Xml | undefined };

/** The services that answer so, and their namespaces. */
const namespaces = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
} as const;

type Service = keyof typeof namespaces;

/**
 * `<ActionResponse><ActionResult>…`, the form of the Query protocol's answers.
 *
 * @param result - undefined for an action that has none
 */
export function resultXml(service: Service, action: string, result: Xml | undefined, requestId: string): string {
  const content = render({ [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } });
  return `<${action}Response xmlns="${namespaces[service]}">${content}</${action}Response>\n`;
}

/** `<ErrorResponse>`, the form of the Query protocol's errors. */
export function errorXml(service: Service, code: string, message: string, requestId: string): string {
  const content = render({ Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId });
  return `<ErrorResponse xmlns="${namespaces[service]}">${content}</ErrorResponse>\n`;
}

function render(xml: Xml): string {
  if (typeof xml !== 'object') return escaped(String(xml));
  if (isList(xml)) return xml.map((one) => `<member>${render(one)}</member>`).join('');
  return Object.entries(xml)
    .map(([name, content]) => (content === undefined ? '' : `<${name}>${render(content)}</${name}>`))
    .join('');
}

const isList = (xml: Xml): xml is readonly Xml[] => Array.isArray(xml);

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
