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

/** Thirty-two, so that five bits of a byte name one. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The credentials that this STS has given out. */
export class Sessions {
  readonly #byKey: Map<string, Session>;
  readonly #limit: number;

  /** @param limit - how many are known for sure, the newest; the oldest go where there are twice as many @param known - from before */
  constructor(limit: number, known = new Map<string, Session>()) {
    this.#limit = limit;
    this.#byKey = known;
  }

  issue(who: Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>): Session {
    if (this.#byKey.size >= 2 * this.#limit) {
      for (const oldest of [...this.#byKey.keys()].slice(0, this.#limit)) this.#byKey.delete(oldest);
    }
    const random = randomBytes(16 + 30 + 240);
    const session = {
      ...who,
      accessKeyId: `ASIA${uniqueId(random.subarray(0, 16))}`,
      secretAccessKey: random.toString('base64', 16, 46),
      sessionToken: random.toString('base64', 46),
    };
    this.#byKey.set(session.accessKeyId, session);
    return session;
  }

  find(accessKeyId: string): Session | undefined {
    return this.#byKey.get(accessKeyId);
  }
}

/** An id as IAM makes them, a letter for each byte. */
export function uniqueId(bytes: Uint8Array): string {
  let id = '';
  for (const byte of bytes) id += letters[byte & 31];
  return id;
}
