import { FedbridgeError, type Outbound } from '@fedbridge/core';
import { type ChooseOptions, chooseSource } from './choose.ts';
import type { IdToken } from './id-token.ts';
import type { IdTokenSource } from './id-token-source.ts';
import { idTokenSource, type JobSource, platformOf } from './job-source.ts';
import { type ManagedIdentity, type ManagedIdentityToken, managedIdentityToken } from './managed-identity.ts';
import type { Platform, TokenRequest } from './platform.ts';
import { checkClaims, type RequiredClaims } from './required-claims.ts';

declare const admitted: unique symbol;

/** An ID token that has the claims that the user requires. Exchanges and outputs take no other. */
export type AdmittedIdToken = IdToken & { readonly [admitted]: 'ID token' };

/** That nothing is required which only an ID token could show: what credentials without one ask for. */
export interface NoIdTokenNeeded {
  readonly [admitted]: 'no ID token';
}

/** Who a job acts as, and what must be true of it, as data: another process can be handed it. Holds secrets. */
export interface IdentityPlan {
  readonly source: JobSource;
  readonly requiredClaims: RequiredClaims;
}

/** How an identity is chosen. */
export interface IdentityOptions extends ChooseOptions {
  readonly requiredClaims: RequiredClaims;
}

/**
 * The one way in that a job has, behind the gate that everything passes which is delivered: a token of the platform, of a pod or
 * of a machine comes out of here alone, after what the user requires of it was checked.
 */
export class Identity implements IdTokenSource {
  readonly plan: IdentityPlan;
  readonly #outbound: Outbound;
  readonly #source: IdTokenSource;
  readonly #platforms: readonly Platform[];

  /** @param platforms - those that the job may be of */
  constructor(plan: IdentityPlan, outbound: Outbound, platforms: readonly Platform[]) {
    this.plan = plan;
    this.#outbound = outbound;
    this.#platforms = platforms;
    this.#source = idTokenSource(plan.source, outbound, platforms);
  }

  /** The identity that was named, else the first that is there; which, and why, is logged. @throws FedbridgeError `INPUT_INVALID` */
  static async choose({ requiredClaims, ...options }: IdentityOptions, outbound: Outbound): Promise<Identity> {
    const { source, why } = await chooseSource(options, outbound);
    outbound.log(why);
    return new Identity({ source, requiredClaims }, outbound, options.platforms);
  }

  get kind(): JobSource['kind'] {
    return this.plan.source.kind;
  }

  get name(): string {
    return this.#source.name;
  }

  get audience(): IdTokenSource['audience'] {
    return this.#source.audience;
  }

  /** @throws FedbridgeError `ID_TOKEN_*`, `HTTP_*`, `ANSWER_MALFORMED`, `UNAVAILABLE` */
  async getIdToken(audience?: string): Promise<AdmittedIdToken> {
    const token = await this.#source.getIdToken(audience);
    this.#outbound.debug(`ID token of ${this.name}: ${JSON.stringify(token.claims)}`);
    return checkClaims(token, this.plan.requiredClaims) as AdmittedIdToken;
  }

  /** Whether it is AWS credentials that the job, its container or its machine has: they assume roles without an ID token. */
  get isAwsCredentials(): boolean {
    return this.kind === 'aws';
  }

  /** The machine's own identity, which gives access tokens without an ID token; undefined where it is another. */
  get machine(): ManagedIdentity | undefined {
    const { source } = this.plan;
    return 'identity' in source ? source.identity : undefined;
  }

  /** The service connection that it speaks for, if it does. */
  get connectionId(): string | undefined {
    const { source } = this.plan;
    return 'connectionId' in source ? source.connectionId : undefined;
  }

  /** Whether its ID tokens are in files, as a pod has them; its other variables are the pod's, then. */
  get isInFiles(): boolean {
    return 'files' in this.plan.source;
  }

  /** That of one token file alone. @param variable - which names it; undefined where it names none that this identity is of */
  ofTokenFile(variable: string): Identity | undefined {
    const { source, requiredClaims } = this.plan;
    const path = 'files' in source ? source.files[variable] : undefined;
    if (path === undefined) return undefined;
    const files: JobSource = { kind: 'kubernetes', files: { [variable]: path } };
    return new Identity({ source: files, requiredClaims }, this.#outbound, this.#platforms);
  }

  /** For a process that renews what it gets: an ID token that came with a service connection is never a newer one. */
  get planToRenew(): IdentityPlan {
    const { source } = this.plan;
    return 'idToken' in source ? { ...this.plan, source: { ...source, idToken: undefined } } : this.plan;
  }

  /**
   * How the scripts of the job can ask for ID tokens themselves; undefined where they cannot.
   *
   * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`, `ID_TOKEN_UNAVAILABLE`
   */
  tokenRequest(): TokenRequest | undefined {
    const { source } = this.plan;
    return 'environment' in source ? platformOf(source, this.#platforms).tokenRequest(source) : undefined;
  }

  /** A token that the machine gives of its own, with nothing to check. @throws FedbridgeError as `managedIdentityToken`, `INPUT_INVALID` */
  async getMachineToken(resource: string): Promise<ManagedIdentityToken> {
    this.withoutIdToken('A managed identity gets its tokens from the machine');
    const { source } = this.plan;
    if ('identity' in source) {
      return managedIdentityToken(source.identity, resource, this.#outbound, source.known);
    }
    throw new FedbridgeError('INPUT_INVALID', `The identity is ${this.kind}, not the machine's.`);
  }

  /**
   * Before anything that no ID token stands behind.
   *
   * @param why - why there is none, as the beginning of a sentence
   * @throws FedbridgeError `INPUT_INVALID` where claims are required
   */
  withoutIdToken(why: string): NoIdTokenNeeded {
    const [first] = this.plan.requiredClaims;
    if (first === undefined) return {} as NoIdTokenNeeded;
    throw new FedbridgeError(
      'INPUT_INVALID',
      `The claim "${first[0]}" is required, and there is no ID token that could have it.`,
      {
        hint:
          `${why}, and no ID token is sent. Nothing was asked for. Leave the required claims out, or take an identity that has ` +
          'ID tokens.',
      },
    );
  }
}
