/** How whatever runs the jobs of a machine was configured to reach the network: it counts where neither the job nor its environment says. */
export interface MachineNetwork {
  readonly proxy?: MachineProxy | undefined;
  /** CAs that are trusted beside those that Node trusts, in PEM. */
  readonly ca?: string | undefined;
  /** What to do to have further ones trusted, as a part of a sentence. */
  readonly caAdvice?: string | undefined;
}

/** A proxy that it was configured with. */
export interface MachineProxy {
  /** With user name and password, if it has them: a secret. */
  readonly url: string;
  /** Regular expressions of what is reached without it. */
  readonly bypass: readonly string[];
  /** The hosts that the job has reached without it, as `no_proxy` has them. */
  readonly noProxy?: string;
  /** What says so, as a person would look for it. */
  readonly source: string;
  /** What to do to give it another user name and password, as a sentence. */
  readonly account: string;
}

/**
 * Whether a proxy's bypass list exempts an address, which it sees as `https://host` or `https://host:8443`. What is no regular expression
 * exempts nothing. Source: microsoft/azure-pipelines-agent, `AgentWebProxy.IsMatchInBypassList`.
 */
export function isBypassed({ origin }: URL, bypass: readonly string[]): boolean {
  return bypass.some((pattern) => {
    try {
      return pattern.trim() !== '' && new RegExp(pattern.trim(), 'i').test(origin);
    } catch {
      return false;
    }
  });
}

/**
 * `no_proxy` for programs, which take no regular expressions: with those of the list that mean a domain and all below it, or all below it
 * alone. One that is bound to a scheme, or to the beginning of a host, means less than any entry would.
 */
export function noProxyBeside(noProxy: string, bypass: readonly string[]): string {
  const hosts = bypass.flatMap((pattern) => {
    const [, before = '', domain] =
      /^(?:\^?\.\*)?(\\?\.)?([\w-]+(?:\\?\.[\w-]+)*)(?:\.\*)?\$?$/.exec(pattern.trim()) ?? [];
    return domain === undefined ? [] : [(before === '\\.' ? '.' : '') + domain.replaceAll('\\', '')];
  });
  return [noProxy, ...hosts].filter((entry) => entry.trim() !== '').join(',');
}
