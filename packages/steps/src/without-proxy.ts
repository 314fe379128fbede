const loopback = '127.0.0.1';
const proxies = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);

/**
 * What keeps clients from asking a server on loopback through a proxy, and telling it a secret: Python's urllib and requests (Azure's SDK
 * and CLI), .NET (Azure PowerShell), curl and Azure's SDK for JavaScript do so unless `no_proxy` names the address. The last takes
 * `https_proxy` for any URL, prefers `NO_PROXY` and does not know an asterisk in it [`@typespec/ts-http-runtime`, proxyPolicy]; the others
 * prefer `no_proxy`. Go and botocore never ask loopback through a proxy.
 *
 * @param variable - the value of a variable, empty if there is none
 */
export function withoutProxy(variable: (name: string) => string): Readonly<Record<string, string>> {
  if (!proxies.some((name) => variable(name))) return {};
  const [lower, upper] = [variable('no_proxy'), variable('NO_PROXY')];
  const isBlank = hostsIn(lower).length === 0;
  // One that is there and empty hides the other from those who prefer it.
  if (isBlank && namesLoopback(upper)) return { no_proxy: upper };
  const isSettled = namesLoopback(upper) || (namesLoopback(lower) && hostsIn(upper).length === 0);
  if (isSettled && isReachedDirectly(lower)) return {};
  const value = [...new Set([...hostsIn(lower), ...hostsIn(upper), loopback])].join(',');
  // Beside other hosts an asterisk is none.
  return { no_proxy: isAsterisk(isBlank ? upper : lower) ? '*' : value, NO_PROXY: value };
}

/** Whether those who read this `no_proxy` ask 127.0.0.1 directly. */
export function isReachedDirectly(noProxy: string): boolean {
  return namesLoopback(noProxy) || isAsterisk(noProxy);
}

const isAsterisk = (noProxy: string) => noProxy.trim() === '*';

/** Not every tool takes blanks between hosts. */
const namesLoopback = (noProxy: string) => noProxy.split(',').some((host) => host.trim() === loopback);

function hostsIn(noProxy: string): string[] {
  return noProxy.split(/[\s,]+/).filter((host) => host !== '');
}
