import type { Environment } from '@fedbridge/core';

const loopback = '127.0.0.1';
const proxies = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * What keeps clients from asking a server on loopback through the job's proxy, and telling it a secret: Python's requests (Azure's SDK and
 * CLI) and Azure's SDK for JavaScript do so unless `no_proxy` names the address. Go and botocore never do.
 */
export function withoutProxy(environment: Environment): Readonly<Record<string, string>> {
  if (!proxies.some((name) => environment[name])) return {};
  const given = environment.no_proxy || environment.NO_PROXY || '';
  const hosts = given.split(/[\s,]+/).filter((host) => host !== '');
  const value = hosts.includes(loopback) || hosts.includes('*') ? given : [...hosts, loopback].join(',');
  // Each is preferred by some.
  const names = ['no_proxy', 'NO_PROXY'] as const;
  return Object.fromEntries(names.flatMap((name) => (environment[name] === value ? [] : [[name, value]])));
}
