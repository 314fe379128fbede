import { BlockList, isIP } from 'node:net';
import { isWithin } from '../endpoint.ts';

/**
 * Whether a value of `no_proxy` exempts an address. Entries are separated by commas or blanks: `*` for every host; a domain, with or
 * without `.` or `*.` before it, for itself and all below it; an IP address, or a range of them (`10.0.0.0/8`); each with a port
 * (`example.com:8443`, `[::1]:443`) for that port alone. An entry of another form exempts nothing.
 * Source: what curl, Go's `httpproxy` and Python's requests take, all together.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname).replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [name, onlyPort = port] = separated(entry);
      return onlyPort === port && covers(name, host);
    });
}

/** An entry's host, and its port if it has one. */
function separated(entry: string): readonly [string, string?] {
  if (isIP(entry)) return [entry];
  const [, name = entry, port] = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d+))?$/.exec(entry) ?? [];
  return port === undefined ? [bare(name)] : [bare(name), port];
}

function covers(name: string, host: string): boolean {
  if (name === '*') return true;
  const family = isIP(host);
  if (family === 0) return isWithin(host, name.replace(/^\*?\.(?=.)/, '').replace(/(?<=.)\.$/, ''));
  const [address = '', prefix = family === 4 ? '32' : '128'] = name.split('/').map(bare);
  if (isIP(address) !== family || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(address, Number(prefix), type);
  return range.check(host, type);
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '');
