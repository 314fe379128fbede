const loopback = '127.0.0.1';
const proxies = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);

/**
 * What keeps clients from asking a server on loopback through a proxy, and telling it a secret: Python's requests (Azure's SDK and CLI),
 * .NET (Azure PowerShell) and Azure's SDK for JavaScript do so unless `no_proxy` names the address. The last takes `https_proxy` for any
 * URL [`@typespec/ts-http-runtime`, proxyPolicy]. Go and botocore never do.
 *
 * @param variable - the value of a variable, empty if there is none
 */
export function withoutProxy(variable: (name: string) => string): Readonly<Record<string, string>> {
  if (!proxies.some((name) => variable(name))) return {};
  // Each is preferred by some.
  const names = ['no_proxy', 'NO_PROXY'];
  const lists = names.map((name) =>
    variable(name)
      .split(/[\s,]+/)
      .filter((host) => host !== ''),
  );
  const given = lists.filter((hosts) => hosts.length > 0);
  // An asterisk counts where it stands alone.
  const exempts = (hosts: readonly string[]) => hosts.includes(loopback) || hosts.includes('*');
  if (given.length > 0 && given.every(exempts)) return {};
  const value = [...new Set([...lists.flat(), loopback])].join(',');
  return Object.fromEntries(names.map((name) => [name, value]));
}
