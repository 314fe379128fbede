import { isGuid } from '@fedbridge/core/guid';

/** An issuer's URL in two texts: nothing of it is normalized, so that what differs in a letter differs. */
interface IssuerUrl {
  /** With its port, where there is one. */
  readonly host: string;
  /** From the first slash on; empty without one. */
  readonly path: string;
}

/** @returns undefined for what is no `https://` issuer: with user name, query, fragment, blanks or capitals in its host */
export function issuerUrl(iss: string): IssuerUrl | undefined {
  const scheme = 'https://';
  if (!iss.startsWith(scheme)) return undefined;
  const slash = iss.indexOf('/', scheme.length);
  const host = iss.slice(scheme.length, slash < 0 ? undefined : slash);
  const path = slash < 0 ? '' : iss.slice(slash);
  return isHost(host) && isPath(path) ? { host, path } : undefined;
}

/** The segments of a path below its root, `['org', '<id>']` of `/org/<id>`; an empty one for a slash at the end. */
export function segments(path: string): readonly string[] {
  return path === '' ? [] : path.slice(1).split('/');
}

/** What stands before a domain, one label; undefined for the domain itself and for what only ends like it. */
export function labelBefore(host: string, domain: string): string | undefined {
  if (!host.endsWith(`.${domain}`)) return undefined;
  const label = host.slice(0, -domain.length - 1);
  return isLabel(label) ? label : undefined;
}

/** A GUID as tokens have it: issuers are compared exactly, and services write it in lower case. */
export function isTokenGuid(text: string): boolean {
  return isGuid(text) && text === text.toLowerCase();
}

/** A name that stands in a path as it is: no dots alone, nothing escaped. */
export function isSlug(text: string): boolean {
  return /^[\w.-]+$/.test(text) && !/^\.+$/.test(text);
}

const isLabel = (text: string) => /^[a-z\d-]+$/.test(text) && !text.startsWith('-') && !text.endsWith('-');

function isHost(text: string): boolean {
  const [name = '', port, ...more] = text.split(':');
  const hasPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && port !== '443');
  return more.length === 0 && hasPort && name.length <= 253 && name.split('.').every(isLabel);
}

const isPath = (text: string) =>
  /^[!$&'()*+,;=:@%/\w.~-]*$/.test(text) && !text.split('/').some((one) => /^\.\.?$/.test(one));
