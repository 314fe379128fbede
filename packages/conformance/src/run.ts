import { FedbridgeError, firstSentence } from '@fedbridge/core';
import type { ConformanceCase, Decision } from './cases/case.ts';
import { type IssuerName, issuers, type SuiteIssuer } from './cases/issuers.ts';
import { ordinarySubject, type Trust, type TrustName, trusts } from './cases/trusts.ts';
import type { SuiteIssuers } from './issuer/issuer.ts';
import { type Mint, mintOrdinary, mintToken } from './issuer/mint.ts';
import type { Answer, AskedTrust, Connection, Profile, RelyingParty } from './profiles/profile.ts';
import type { CaseResult, ServerReport } from './report.ts';

/** What a run is made of. */
export interface Run {
  readonly profile: Profile;
  readonly cases: readonly ConformanceCase[];
  readonly issuers: SuiteIssuers;
  readonly connection: Connection;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends it early, with what was tried until then. */
  readonly stop?: AbortSignal;
  /** Told of each case that is done. */
  readonly progress?: (done: number, of: number) => void;
}

/**
 * Tries a server with the cases that it can be asked.
 *
 * @throws FedbridgeError `CHECK_INCOMPLETE` where it accepts no ordinary token at all; those of `Profile.open`
 */
export async function runCases(run: Run): Promise<ServerReport> {
  const { profile, connection } = run;
  const wanted = run.cases.filter(({ only }) => only === undefined || only.includes(profile.name));
  const untried = wanted.flatMap((one) => {
    const why = obstacleTo(one, profile, connection);
    return why === undefined ? [] : [notTried(one, why)];
  });
  const known = new Set(untried.map(({ id }) => id));
  const tried = wanted.filter(({ id }) => !known.has(id));
  const asked = askedTrusts(tried, run);
  await using server = await profile.open([...asked.values()], connection);
  const session = new Session(run, server, asked);
  await session.tryOrdinary();
  const results: CaseResult[] = [];
  for (const [done, one] of tried.entries()) {
    if (run.stop?.aborted) break;
    run.progress?.(done, tried.length);
    results.push(await session.try(one));
  }
  return {
    profile: profile.name,
    title: profile.title,
    server: connection.server ?? null,
    results: [...results, ...untried],
  };
}

/** What an administrator sets a server up with, where the profile does not by itself; undefined where it does. */
export function setUpFor(run: Pick<Run, 'profile' | 'cases' | 'issuers' | 'connection'>): unknown {
  const { profile, connection } = run;
  const tried = run.cases.filter((one) => obstacleTo(one, profile, connection) === undefined);
  return profile.setUp?.([...askedTrusts(tried, run).values()]);
}

function obstacleTo({ trust, token }: ConformanceCase, profile: Profile, connection: Connection): string | undefined {
  const named: Trust = trusts[trust];
  const obstacle = profile.obstacle(named, connection);
  if (obstacle !== undefined || profile.looksAtSubjects) return obstacle;
  const { sub = ordinarySubject(named), SUB: inCapitals } = token.claims ?? {};
  const isAboutSubjects =
    sub !== ordinarySubject(named) ||
    inCapitals !== undefined ||
    token.without?.includes('sub') ||
    token.twice?.claims?.sub;
  return isAboutSubjects ? 'It does not decide by subjects: who relies on what it gives does.' : undefined;
}

function askedTrusts(
  cases: readonly ConformanceCase[],
  { issuers: own, profile, connection }: Pick<Run, 'issuers' | 'profile' | 'connection'>,
): ReadonlyMap<TrustName, AskedTrust> {
  return new Map(
    [...new Set(cases.map(({ trust }) => trust))].map((name) => {
      const { issuer, platform, subject, claims }: Trust = trusts[name];
      const publishes: SuiteIssuer = issuers[issuer] as SuiteIssuer;
      const isBroken = publishes.isBroken ?? false;
      const audience = profile.audience(connection, name);
      const asked = { name, platform, issuer: own.url(issuer), audience, isBroken, publishes };
      return [name, { ...asked, ...(subject ? { subject } : {}), ...(claims ? { claims } : {}) }] as const;
    }),
  );
}

function notTried({ id, group, trust, expected, why, source }: ConformanceCase, reason: string): CaseResult {
  const { platform } = trusts[trust];
  return {
    id,
    group,
    platform,
    expected,
    why,
    source,
    outcome: 'not tried',
    decided: null,
    said: reason,
    documented: null,
    fetched: false,
  };
}

/** Cases on a server that is set up. */
class Session {
  readonly #run: Run;
  readonly #server: RelyingParty;
  readonly #trusts: ReadonlyMap<TrustName, AskedTrust>;
  readonly #mint: Omit<Mint, 'audience'>;
  /** Why the ordinary token of a trust was refused. */
  readonly #unset = new Map<TrustName, string>();

  constructor(run: Run, server: RelyingParty, asked: ReadonlyMap<TrustName, AskedTrust>) {
    this.#run = run;
    this.#server = server;
    this.#trusts = asked;
    const { keys, certificate } = run.issuers;
    this.#mint = { keys, certificate, url: (issuer) => run.issuers.url(issuer) };
  }

  /** That a server refuses a token says something only where it accepts the one which the trust is there for. */
  async tryOrdinary(): Promise<void> {
    const whole = [...this.#trusts.values()].filter(({ isBroken }) => !isBroken);
    const until = this.#patience();
    for (const trust of whole) {
      const ordinary = () => mintOrdinary(trust.name, this.#mintFor(trust), this.#seconds());
      const answer = await this.#settled(ordinary, trust, 'accepted', until);
      if (answer?.decision !== 'accepted') this.#unset.set(trust.name, answer?.said ?? 'it cannot be presented');
    }
    if (whole.length === 0 || this.#unset.size < whole.length) return;
    const [said] = this.#unset.values();
    throw new FedbridgeError('CHECK_INCOMPLETE', `${this.#run.profile.title} accepts no token of this suite: ${said}`, {
      hint: `It must reach ${this.#run.issuers.base}, which is what --issuer says, and be set up with what --print-setup prints for that address.`,
    });
  }

  async try(one: ConformanceCase): Promise<CaseResult> {
    const trust = this.#trusts.get(one.trust);
    const unset = this.#unset.get(one.trust);
    if (!trust) return notTried(one, 'no trust');
    if (unset !== undefined && one.expected === 'refused')
      return notTried(one, `The ordinary token is refused as well: ${unset}`);
    if (one.rotatesTo) this.#run.issuers.publish(trusts[one.trust].issuer as IssuerName, one.rotatesTo);
    this.#run.issuers.takeFetched();
    const until = one.rotatesTo ? this.#patience() : 0;
    const mint = () => mintToken(one, this.#mintFor(trust), this.#seconds());
    const answer = await this.#settled(mint, trust, one.expected, until);
    if (!answer) return notTried(one, 'Its protocol cannot carry such a token.');
    return this.#judged(one, answer);
  }

  #mintFor({ audience }: AskedTrust): Mint {
    return { ...this.#mint, audience };
  }

  /** Until when a server may be asked again, in ms: it may have looked at the issuer, or missed it, a moment ago. */
  #patience(): number {
    return this.#run.now() + this.#run.profile.settles * 1000;
  }

  /** What it answers once it decides as expected, or it is time. */
  async #settled(
    mint: () => string,
    trust: AskedTrust,
    expected: Decision,
    until: number,
  ): Promise<Answer | undefined> {
    for (;;) {
      const answer = await this.#present(mint(), trust);
      if (answer?.decision === expected || this.#run.now() >= until || this.#run.stop?.aborted) return answer;
      await this.#run.sleep(1000);
    }
  }

  async #present(token: string, trust: AskedTrust): Promise<Answer | undefined> {
    const answer = await this.#server.present(token, trust);
    return answer && { ...answer, said: firstSentence(answer.said, token, this.#run.connection.secret ?? '') };
  }

  #judged({ id, group, trust, expected, why, source }: ConformanceCase, { decision, said }: Answer): CaseResult {
    const { platform } = trusts[trust];
    const stranger = new URL(this.#run.issuers.url('stranger')).pathname;
    const known = this.#run.profile.documented[id];
    const documented = known?.decision === decision && decision !== expected ? known : null;
    const outcome = decision === expected ? 'as expected' : documented ? 'as documented' : 'otherwise';
    const fetched = this.#run.issuers.takeFetched().some((path) => path.startsWith(`${stranger}/`));
    return { id, group, platform, expected, why, source, outcome, decided: decision, said, documented, fetched };
  }

  #seconds(): number {
    return Math.floor(this.#run.now() / 1000);
  }
}
