import { isLoopback } from '../endpoint.ts';
import type { Environment } from '../environment.ts';
import { FedbridgeError, invalid } from '../error.ts';
import { isBypassed, type MachineProxy } from './machine-network.ts';
import { isExempt } from './no-proxy.ts';

/** A proxy as the environment of a process names it, or as the machine was configured. */
export interface HttpProxy {
  /** `http:` or `https:`. Its user information is a secret. */
  readonly url: URL;
  /** The variable that names it, or what else does. */
  readonly variable: string;
  /** How it is named to a person, without its user information: `proxy.example.com:3128 (https_proxy)`. */
  readonly shown: string;
  /** What to do to give it another user name and password, where they are in no variable. */
  readonly account?: string;
}

const variables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const expected = 'expected the URL of a proxy such as http://proxy.example.com:3128';

/**
 * A proxy's address. One with a user name is denied: its password would be a stored secret in a pipeline's source.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function parseProxy(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && isProxy(url) && !url.username && !url.password) return url;
  throw invalid(`${expected}, without user name and password.`);
}

/**
 * The proxy on the way to an address: the machine's where that counts, else that of `https_proxy`, else `all_proxy`, in lower or upper
 * case, unless `no_proxy` exempts the host: the job's own beside the machine's proxy, since what is in the environment then is made for
 * programs. Plain HTTP, which stays on this machine or its link, never goes through one. A variable that names what cannot be used is an
 * error: whoever set it does not want connections that pass the proxy by.
 * Source: curl(1), "Environment"; Go, `golang.org/x/net/http/httpproxy`.
 *
 * @throws FedbridgeError `HTTP_PROXY`
 */
export function proxyFor(url: URL, environment: Environment, machines?: MachineProxy): HttpProxy | undefined {
  if (url.protocol !== 'https:' || isLoopback(url)) return undefined;
  const variable = machines?.source ?? proxyVariable((name) => environment[name]);
  const noProxy = machines ? machines.noProxy : environment.no_proxy || environment.NO_PROXY;
  if (variable === undefined || isExempt(url, noProxy ?? '')) return undefined;
  if (machines && isBypassed(url, machines.bypass)) return undefined;
  const text = (machines?.url ?? environment[variable] ?? '').trim();
  const proxy = parsed(text);
  if (proxy && isProxy(proxy)) {
    return {
      url: proxy,
      variable,
      shown: `${proxy.host} (${variable})`,
      ...(machines && { account: machines.account }),
    };
  }
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1];
  const isOther = scheme !== undefined && !/^https?$/i.test(scheme);
  // The value is not shown: it may hold a password.
  throw new FedbridgeError('HTTP_PROXY', `The variable ${variable} does not name a proxy that can be used.`, {
    answer: isOther ? `a proxy of type ${scheme}` : 'an address that cannot be parsed',
    hint: `Set it to the URL of an HTTP proxy (http://proxy.example.com:3128), or exempt ${url.hostname} in no_proxy. In a user name or password, write special characters percent-encoded.`,
  });
}

/** Which variable names the proxy for HTTPS, if one does. @param read - gives a variable's value */
export function proxyVariable(read: (name: string) => string | undefined): string | undefined {
  return variables.find((name) => read(name)?.trim());
}

/** The value of a `proxy-authorization` header, if the proxy's address has user information [RFC 7617]. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  const credentials = [username, password].map(decoded).join(':');
  return credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/**
 * What is secret in the variables that name proxies, in every form that is sent or may be printed: Node itself prints headers where
 * `NODE_DEBUG` is set, which a job may have set to find out about its proxy.
 */
export function proxySecrets(environment: Environment): readonly string[] {
  const texts = [...variables, 'http_proxy', 'HTTP_PROXY'].map((name) => environment[name]?.trim() ?? '');
  return [...new Set(texts)].flatMap((text) => {
    const [, given] = /^(?:[a-z][a-z\d+.-]*:\/\/)?(.+)@/i.exec(text) ?? [];
    if (given === undefined) return [];
    const url = parsed(text);
    // A token may stand in the place of the user name alone.
    const secret = given.includes(':') ? given.slice(given.indexOf(':') + 1) : given;
    const basic = url && proxyAuthorization(url)?.slice('Basic '.length);
    return [...new Set([secret, decoded(secret), url?.password || secret, ...(basic ? [basic] : [])])];
  });
}

/** Without a scheme it is http://, as for curl; a URL's parser would take the host for the scheme. */
function parsed(text: string): URL | undefined {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isProxy(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
}
