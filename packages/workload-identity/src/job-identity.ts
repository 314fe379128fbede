import { FedbridgeError, HttpClient, type Outbound, type System, systemWithoutPrograms } from '@fedbridge/core';
import { Identity, type Platform, type PlatformJob } from '@fedbridge/identity';
import { platforms } from '@fedbridge/platforms';
import { maskingCommand } from './masking-command.ts';
import { withOptionNames } from './option.ts';
import { type ServiceConnectionOptions, taskJob } from './task-job.ts';

/** What a job's identity is made of. All of it is optional. */
export interface JobIdentityOptions extends ServiceConnectionOptions {
  /**
   * Claims that an ID token must have before it is given to you or sent anywhere, each with a pattern in which `*` stands for any text:
   * `{ repository_owner_id: '65001' }`. Default: none.
   */
  readonly requiredClaims?: Readonly<Record<string, string>> | undefined;
  /** Where the platform says what the job is. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Hides a secret in the job's log, before anything else is done with it. Default: `taskLib.setSecret`, else the platform's own command
   * on standard output; GitLab has none.
   */
  readonly mask?: ((secret: string) => void) | undefined;
  /** Told of retries and the like, never of a secret. Default: nobody. */
  readonly log?: ((line: string) => void) | undefined;
  /** How long one exchange may take with all its attempts, in ms. Default: 120,000. */
  readonly timeoutMs?: number | undefined;
}

/** A signed statement of which job this is. It is not printed by string conversion, JSON or `util.inspect`. */
export interface IdToken {
  /** The token itself, a bearer secret, for the relying party that it was asked for. */
  reveal(): string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** In ms since 1970-01-01 UTC. */
  readonly expiresAt: number;
  /** Its claims as they are: times are seconds since 1970-01-01 UTC [RFC 7519, 4.1]. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Who a job is, to whoever trusts its platform. */
export interface JobIdentity {
  /** `github`, `azure-pipelines` or `gitlab`. */
  readonly platform: string;
  /**
   * A new ID token, after its issuer, audience, times and the required claims were checked.
   *
   * @param audience - who it is for. GitHub signs for any; a job of GitLab has those of its `id_tokens:`; Azure Pipelines gives
   *   the one of Entra's token exchange and no other. Default: what the platform gives.
   * @throws FedbridgeError `ID_TOKEN_*`, `HTTP_*`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `ENDPOINT_NOT_ALLOWED`
   */
  getIdToken(audience?: string): Promise<IdToken>;
}

/** What exchanges need of an identity, and authors do not. */
export interface Inside {
  readonly system: System;
  readonly connection: ReturnType<typeof taskJob>['connection'];
  /** Bounds of its own for each piece of work. */
  outbound(): Outbound;
  identity(outbound: Outbound): Identity;
}

const insides: WeakMap<JobIdentity, Inside> = /* @__PURE__ */ new WeakMap();

/** @throws Error for what `jobIdentity` did not make */
export function insideOf(job: JobIdentity): Inside {
  const inside = insides.get(job);
  if (inside) return inside;
  throw new TypeError('Expected what jobIdentity() returned.');
}

/**
 * The identity of the job that this runs in: of GitHub Actions, Azure Pipelines or GitLab CI/CD. Nothing is asked of the network yet.
 *
 * @throws FedbridgeError `ID_TOKEN_UNAVAILABLE` outside of a job; `CONNECTION_*` and `INPUT_*` for a service connection that cannot be used
 *
 * @example
 * const idToken = await jobIdentity().getIdToken('https://vault.example.com');
 */
export function jobIdentity(options: JobIdentityOptions = {}): JobIdentity {
  const system = systemWithoutPrograms({ ...(options.environment ?? process.env) });
  const { environment } = system;
  const platform = platforms.find(({ isHere }) => isHere(environment));
  if (!platform) {
    throw new FedbridgeError(
      'ID_TOKEN_UNAVAILABLE',
      'This is not a job of GitHub Actions, Azure Pipelines or GitLab CI/CD.',
    );
  }
  const { taskLib } = options;
  const mask = options.mask ?? (taskLib ? (secret) => taskLib.setSecret(secret) : maskingCommand(platform.name));
  return new Job({ ...sourceOf(platform, system, options, mask), system, mask, options });
}

interface JobParts {
  readonly source: PlatformJob;
  readonly connection: Inside['connection'];
  readonly system: System;
  readonly mask: (secret: string) => void;
  readonly options: JobIdentityOptions;
}

class Job implements JobIdentity {
  readonly platform: string;

  constructor({ source, connection, system, mask, options }: JobParts) {
    const { requiredClaims = {}, log = () => {}, timeoutMs = 120_000 } = options;
    this.platform = source.kind;
    const http = new HttpClient(system.environment);
    const outbound = () => ({
      ...{ http, system, log, mask, debug: () => {} },
      ...{ deadline: system.now() + timeoutMs, maxAttempts: 10 },
    });
    const plan = { source, requiredClaims: Object.entries(requiredClaims) };
    insides.set(this, { system, connection, outbound, identity: (bounds) => new Identity(plan, bounds, platforms) });
  }

  async getIdToken(audience?: string): Promise<IdToken> {
    const { identity, outbound } = insideOf(this);
    return withOptionNames(identity(outbound()).getIdToken(audience));
  }
}

function sourceOf(
  platform: Platform,
  system: System,
  options: JobIdentityOptions,
  mask: (secret: string) => void,
): Pick<JobParts, 'source' | 'connection'> {
  if (!platform.hasServiceConnections) return { source: platform.jobOf(system.environment), connection: undefined };
  const { connectionId, connection, accessToken } = taskJob(options, system.environment);
  if (accessToken) mask(accessToken);
  const job = platform.jobOf(system.environment, connectionId);
  const source = { ...job, accessToken: accessToken ?? job.accessToken, idToken: connection?.idToken };
  return { source, connection };
}
