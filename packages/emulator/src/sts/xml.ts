/** An element's content: text, or elements by name. */
export type Xml = string | number | { readonly [name: string]: Xml | undefined };

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** `<ActionResponse><ActionResult>…`, the form of the Query protocol's answers. */
export function resultXml(action: string, result: Xml, requestId: string): string {
  const content = render({ [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } });
  return `<${action}Response xmlns="${namespace}">${content}</${action}Response>\n`;
}

/** `<ErrorResponse>`, the form of the Query protocol's errors. */
export function errorXml(code: string, message: string, requestId: string): string {
  const content = render({ Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId });
  return `<ErrorResponse xmlns="${namespace}">${content}</ErrorResponse>\n`;
}

function render(xml: Xml): string {
  if (typeof xml !== 'object') return escaped(String(xml));
  return Object.entries(xml)
    .map(([name, content]) => (content === undefined ? '' : `<${name}>${render(content)}</${name}>`))
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
