import { randomBytes } from 'node:crypto';

/** Credentials that were given out, and to whom. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly arn: string;
  /** The role's own ARN, which trust policies name. */
  readonly roleArn: string;
  /** `<role id>:<session name>`. */
  readonly userId: string;
  readonly account: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly expires: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Keys of tags that a session begun with this one has too. */
  readonly transitiveTagKeys: readonly string[];
}

/** Thirty-two, so that five bits of a random byte name one. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** All credentials that this STS has given out. */
export class Sessions {
  readonly #byKey = new Map<string, Session>();

  issue(who: Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>): Session {
    const session = {
      ...who,
      accessKeyId: `ASIA${uniqueId(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(240).toString('base64'),
    };
    this.#byKey.set(session.accessKeyId, session);
    return session;
  }

  find(accessKeyId: string): Session | undefined {
    return this.#byKey.get(accessKeyId);
  }
}

/** An id as IAM makes them. */
export function uniqueId(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte & 31]).join('');
}
