import type { Environment, Outbound, UnreadableFile } from '@fedbridge/core';
import { FedbridgeError, readSmallFile } from '@fedbridge/core';
import { checkIdToken } from './check-id-token.ts';
import { IdToken } from './id-token.ts';
import type { IdTokenSource } from './id-token-source.ts';

/** What clouds' webhooks and SDKs name a projected token by. */
const tokenFileVariables = ['AZURE_FEDERATED_TOKEN_FILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'] as const;

/** The token files that an environment names, by variable. */
export function tokenFilesOf(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tokenFileVariables.flatMap((name) => {
      const path = environment[name];
      return path ? [[name, path]] : [];
    }),
  );
}

/**
 * A token that somebody keeps in a file: a Kubernetes service account's projected token, or that of any container or
 * machine. It is read anew each time, since it rotates. Where several files are named, the one for the audience is taken,
 * whatever the others are.
 * Source: Kubernetes, "Launch a Pod using service account token projection".
 */
export class TokenFileSource implements IdTokenSource {
  readonly name = 'Kubernetes';
  readonly audience = 'chosen';
  readonly #outbound: Outbound;
  readonly #files: Readonly<Record<string, string>>;

  constructor(outbound: Outbound, files: Readonly<Record<string, string>>) {
    this.#outbound = outbound;
    this.#files = files;
  }

  async getIdToken(audience?: string): Promise<IdToken> {
    const files = Object.entries(this.#files);
    if (files.length === 0) {
      throw new FedbridgeError('ID_TOKEN_UNAVAILABLE', 'No token file is named.', {
        hint: `A Kubernetes pod with a projected token has ${tokenFileVariables.join(' or ')} set.`,
      });
    }
    const read = await Promise.allSettled(files.map(([variable, path]) => this.#read(variable, path)));
    const tokens = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const unread = read.flatMap((one) => (one.status === 'rejected' ? [one.reason as FedbridgeError] : []));
    const isFor = (token: IdToken) => audience === undefined || token.audiences.includes(audience);
    const denied: FedbridgeError[] = [];
    for (const token of tokens.filter(isFor)) {
      try {
        return this.#check(token, audience);
      } catch (error) {
        denied.push(error as FedbridgeError);
      }
    }
    const reasons = [...denied, ...unread];
    const foreign = tokens.find((token) => !isFor(token));
    throw joined(foreign ? [...reasons, forOthers(foreign, audience, reasons.length > 0)] : reasons);
  }

  #check(token: IdToken, audience: string | undefined): IdToken {
    return checkIdToken(token, {
      // Every cluster has an issuer of its own: the relying party knows which it trusts.
      issuer: () => true,
      issuerName: 'an HTTPS address',
      // One that is for others too could be used with them by whoever gets it.
      audiences: audience === undefined ? token.audiences : [audience],
      otherAudience: 'Project a token with that audience alone into the pod.',
      endpoint: loopback,
      now: this.#outbound.system.now(),
    });
  }

  async #read(variable: string, path: string): Promise<IdToken> {
    const { deadline, system, mask } = this.#outbound;
    const file = await readSmallFile(path, { withinMs: deadline - system.now() }).catch((error: UnreadableFile) => {
      const code = error.code === 'TOO_LARGE' ? 'ID_TOKEN_MALFORMED' : 'ID_TOKEN_UNAVAILABLE';
      throw new FedbridgeError(code, `The token file ${path} ${error.message}.`, {
        cause: error,
        hint: `${variable} names it. See that the volume with the projected token is mounted where this process runs.`,
      });
    });
    return IdToken.receive(file.toString('utf8').trim(), mask, path);
  }
}

function forOthers({ presented }: IdToken, audience: string | undefined, isOther: boolean): FedbridgeError {
  return new FedbridgeError(
    'ID_TOKEN_AUDIENCE',
    `No ${isOther ? 'other ' : ''}token file has a token for ${audience}.`,
    {
      presented,
      breaksGuard: true,
      hint:
        'It was not sent anywhere. Project a token with that audience into the pod, or name in {audience} the one that it has, if the ' +
        'cloud trusts that.',
    },
  );
}

/** The first, which says what the others say, too. */
function joined(reasons: readonly FedbridgeError[]): FedbridgeError {
  return reasons.reduce((first, { message }) => first.with({}, `${first.message} ${message}`));
}

/** A file is on this machine: an issuer on loopback is as good as the file. */
const loopback = new URL('http://localhost');
