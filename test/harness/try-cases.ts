import {
  cases,
  type ProfileName,
  profileOf,
  runCases,
  type ServerReport,
  type SuiteIssuers,
  setUpFor,
} from '@fedbridge/conformance';
import { HttpClient } from '@fedbridge/core';

interface Tried {
  /** Its address, where that is known before it is set up. */
  readonly server?: string;
  readonly secret?: string;
  /** Sets it up as its profile says. @returns its address */
  readonly setUp?: (asked: object) => Promise<string>;
}

/** What a server decides of the cases of the conformance suite, in the time that it needs. */
export async function tryCases(
  name: ProfileName,
  issuers: SuiteIssuers,
  { server, secret, setUp }: Tried,
): Promise<ServerReport> {
  const http = new HttpClient({});
  const profile = await profileOf(name);
  const before = { server, secret, send: (request: Parameters<typeof http.send>[0]) => http.send(request) };
  const address = await setUp?.(setUpFor({ profile, cases, issuers, connection: before }) as object);
  const connection = { ...before, server: address ?? server };
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const report = await runCases({ profile, cases, issuers, connection, now: Date.now, sleep });
  http.close();
  return report;
}
