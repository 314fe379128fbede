import type { HttpRequest, HttpResponse } from '@fedbridge/core';
import type { Decision } from '../cases/case.ts';
import type { SuiteIssuer } from '../cases/issuers.ts';
import type { Trust, TrustName } from '../cases/trusts.ts';
import type { ProfileName } from './names.ts';

/** A trust as a server is asked for it. */
export interface AskedTrust extends Omit<Trust, 'issuer' | 'token'> {
  readonly name: TrustName;
  /** The issuer's URL, as the server reaches it. */
  readonly issuer: string;
  readonly audience: string;
  /** Whether a server may well refuse to trust this issuer at all. */
  readonly isBroken: boolean;
  /** What the issuer publishes at first. */
  readonly publishes: SuiteIssuer;
}

/** What a server answered to a token. */
export interface Answer {
  readonly decision: Decision;
  /** In its words, without anything secret. */
  readonly said: string;
}

/** How a server is reached. */
export interface Connection {
  /** Its address, without a slash at its end; undefined for one that the profile starts itself. */
  readonly server: string | undefined;
  /** What it asks of whoever sets it up; undefined where nothing was given. */
  readonly secret: string | undefined;
  /** Sends a request to it. @throws FedbridgeError `HTTP_*` where there is no answer */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** A server that trusts as it was told. */
export interface RelyingParty extends AsyncDisposable {
  /**
   * Presents a token for a trust.
   *
   * @returns undefined for a token that the server's protocol cannot carry
   * @throws FedbridgeError where there is no answer
   */
  present(token: string, trust: AskedTrust): Promise<Answer | undefined>;
}

/** A decision that a server's own documents, or captures of it, say is otherwise than a specification has it. */
export interface Documented {
  readonly decision: Decision;
  readonly why: string;
  readonly source: string;
}

/** What is known of a kind of server: the one interface by which all of them are tried. */
export interface Profile {
  readonly name: ProfileName;
  /** What a report calls it. */
  readonly title: string;
  /** The variable with what whoever sets it up is asked for; undefined where nothing is. */
  readonly secretVariable?: string;
  /** Whether the emulator has one, which is started where no address is given. */
  readonly isEmulated: boolean;
  /** What tokens for a trust have as their audience: mostly that of the server, whatever the trust. */
  audience(connection: Connection, trust: TrustName): string;
  /** Why a trust cannot be expressed there; undefined where it can. */
  obstacle(trust: Trust, connection: Connection): string | undefined;
  /** Whether its decision looks at the subject. One that does not is asked nothing about subjects. */
  readonly looksAtSubjects: boolean;
  /** What an administrator gives the server, to read in by its own means; undefined where the profile sets it up. */
  readonly setUp?: (trusts: readonly AskedTrust[]) => unknown;
  /** Opens it: sets it up, or finds it as `setUp` says. @throws FedbridgeError */
  open(trusts: readonly AskedTrust[], connection: Connection): Promise<RelyingParty>;
  /** What it is known to decide otherwise, by the id of a case. */
  readonly documented: Readonly<Record<string, Documented>>;
  /** How long it may take to ask an issuer for its keys, at first and for new ones, in seconds. */
  readonly settles: number;
}
