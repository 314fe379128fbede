import { FedbridgeError } from './error.ts';

declare const checked: unique symbol;

/** An address that a token may be sent to: HTTPS, or HTTP on loopback; no user name, no fragment. */
export type Endpoint = URL & { readonly [checked]: true };

/**
 * Parses an address that secrets will travel to.
 *
 * @param what - names the address in the error, for example "the STS endpoint"
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`
 */
export function parseEndpoint(text: string, what: string): Endpoint {
  return parse(text, what, isLoopback);
}

/**
 * Parses the address of what a machine's own cloud serves: on loopback or on the link, where plain HTTP is accepted, and nowhere else,
 * since a variable of the environment names it.
 *
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`
 */
export function parseMachineEndpoint(text: string, what: string): Endpoint {
  const url = parse(text, what, isOfMachine);
  if (isOfMachine(url)) return url;
  throw new FedbridgeError('ENDPOINT_NOT_ALLOWED', `${what} is on ${url.host}, which is not this machine.`, {
    hint: 'A machine gives credentials on loopback or on 169.254.0.0/16 alone. See what sets that variable.',
  });
}

/** Loopback, the link [RFC 3927], and AWS's two addresses for them in IPv6: of the EC2 metadata service and of EKS Pod Identity. */
function isOfMachine(url: URL): boolean {
  return (
    isLoopback(url) ||
    /^169\.254(\.\d{1,3}){2}$/.test(url.hostname) ||
    url.hostname === '[fd00:ec2::254]' ||
    url.hostname === '[fd00:ec2::23]'
  );
}

function parse(text: string, what: string, staysHere: (url: URL) => boolean): Endpoint {
  const refuse = (why: string) =>
    new FedbridgeError('ENDPOINT_NOT_ALLOWED', `${what} ${why}.`, {
      hint: 'Tokens travel over https:// only; plain http:// is accepted for 127.0.0.1, [::1] and localhost.',
    });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse('is not a URL');
  }
  if (url.username || url.password) throw refuse('holds a user name or password');
  if (url.hash) throw refuse('has a fragment');
  if (url.protocol === 'https:' || (url.protocol === 'http:' && staysHere(url))) return url as Endpoint;
  throw refuse(`is ${url.protocol}//${url.host}, which is not HTTPS`);
}

/** Whether an address stays on this machine: 127.0.0.0/8, ::1 or localhost [RFC 6761, 6.3]. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Whether a host is a domain itself or lies below it. */
export function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
