/**
 * Tests as well:
 * - packages/conformance/src/profiles/emulated.ts
 * - packages/conformance/src/profiles/entra.ts
 * - packages/conformance/src/profiles/post.ts
 * - packages/conformance/src/profiles/sts.ts
 * - packages/conformance/src/profiles/vault.ts
 * - packages/conformance/src/report.ts
 * - packages/emulator/src/entra/assertion.ts
 * - packages/emulator/src/server/published-keys.ts
 * - packages/emulator/src/server/relying-party.ts
 * - packages/emulator/src/sts/web-identity-token.ts
 */
import { HttpClient } from '@fedbridge/core';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { cases } from './cases/cases.ts';
import { SuiteIssuers } from './issuer/issuer.ts';
import type { Answer, AskedTrust, Profile } from './profiles/profile.ts';
import { profileOf } from './profiles/profiles.ts';
import { countsOf, type Outcome, type ServerReport } from './report.ts';
import { runCases, setUpFor } from './run.ts';

const http = new HttpClient({});
let issuers: SuiteIssuers;
beforeEach(async () => {
  issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
  return () => issuers[Symbol.asyncDispose]();
});
afterAll(() => http.close());

const connection = { server: undefined, secret: undefined, send: http.send.bind(http) };
const run = (profile: Profile, wanted = cases) =>
  runCases({ profile, cases: wanted, issuers, connection, now: Date.now, sleep: async () => {} });
const ids = ({ results }: ServerReport, outcome: Outcome) =>
  results.filter((one) => one.outcome === outcome).map(({ id, decided }) => `${id}: ${decided}`);

describe("the emulator's", () => {
  it.each(['sts', 'entra', 'vault'] as const)('%s decides as expected, or as is documented', async (name) => {
    const profile = await profileOf(name);
    const report = await run(profile);
    expect(ids(report, 'otherwise')).toEqual([]);
    const documented = Object.entries(profile.documented).map(([id, { decision }]) => `${id}: ${decision}`);
    expect(ids(report, 'as documented').sort()).toEqual(documented.sort());
    expect(countsOf(report)['as expected']).toBeGreaterThan(220);
    expect(report.results.filter(({ fetched }) => fetched)).toEqual([]);
  });
});

/** A server that decides so, and says so. */
const serverThat = (
  present: (token: string, trust: AskedTrust) => Promise<Answer | undefined>,
  more: Partial<Profile> = {},
): Profile => ({
  ...{ name: 'keycloak', title: 'A server', isEmulated: false, looksAtSubjects: true, documented: {}, settles: 0 },
  audience: () => 'https://server.example.com',
  obstacle: () => undefined,
  open: async () => ({ present, [Symbol.asyncDispose]: async () => {} }),
  ...more,
});

/** A library of others, told issuer, audience and subject. */
const jose = () => {
  const keys = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  return serverThat(
    async (token, { issuer, audience, subject }) => {
      const set = keys.get(issuer) ?? createRemoteJWKSet(new URL(`${issuer}/keys`), { cooldownDuration: 0 });
      keys.set(issuer, set);
      try {
        await jwtVerify(token, set, {
          issuer,
          audience,
          subject: subject && 'equals' in subject ? subject.equals : 'none',
        });
        return { decision: 'accepted', said: '' };
      } catch (error) {
        return { decision: 'refused', said: (error as Error).message };
      }
    },
    { obstacle: ({ claims, subject }) => (claims || (subject && 'like' in subject) ? 'Not in jose.' : undefined) },
  );
};

describe('a run', () => {
  it('tells what a library of others decides otherwise', async () => {
    const report = await run(jose());
    expect(ids(report, 'otherwise').sort()).toMatchInlineSnapshot(`
      [
        "audiences/authorized-party-beside-a-list: accepted",
        "audiences/list-ours-first: accepted",
        "audiences/list-ours-last: accepted",
        "form/line-break: accepted",
        "form/space-before-the-signature: accepted",
        "issuers/discovery-of-another: accepted",
        "times/expiry-missing: accepted",
      ]
    `);
  });

  it('tells of a server that accepts everything, case by case', async () => {
    const report = await run(serverThat(async () => ({ decision: 'accepted', said: 'yes' })));
    const refused = cases.filter(({ expected, only }) => expected === 'refused' && only === undefined);
    expect(ids(report, 'otherwise')).toEqual(refused.map(({ id }) => `${id}: accepted`));
  });

  it('says nothing of a server that accepts nothing', async () => {
    await expect(run(serverThat(async () => ({ decision: 'refused', said: 'Never.' })))).rejects.toMatchObject({
      code: 'CHECK_INCOMPLETE',
      message: 'A server accepts no token of this suite: Never.',
      detail: { hint: expect.stringContaining(issuers.base) },
    });
  });

  it('counts a refusal only where the ordinary token of the trust is accepted', async () => {
    const report = await run(
      serverThat(async (_token, { platform }) =>
        platform === 'GitLab' ? { decision: 'refused', said: 'No GitLab.' } : { decision: 'accepted', said: '' },
      ),
    );
    const ofGitLab = report.results.filter(({ platform }) => platform === 'GitLab');
    expect(new Set(ofGitLab.map(({ expected, outcome }) => `${expected}: ${outcome}`))).toEqual(
      new Set(['accepted: otherwise', 'refused: not tried']),
    );
    expect(ofGitLab.find(({ expected }) => expected === 'refused')?.said).toBe(
      'The ordinary token is refused as well: No GitLab.',
    );
  });

  it('shows no token that a server repeats', async () => {
    const presented: string[] = [];
    const report = await run(
      serverThat(async (token) => {
        presented.push(token);
        return { decision: 'accepted', said: `Got ${token} and ${token.split('.')[0]}` };
      }),
      cases.filter(({ group }) => group !== 'form'),
    );
    const text = JSON.stringify(report);
    expect(presented.length).toBeGreaterThan(200);
    for (const token of presented)
      for (const part of token.split('.')) expect(text.includes(part) && part.length > 20).toBe(false);
  });

  it('tells of an address in a token that the server followed', async () => {
    const server = serverThat(async (token) => {
      const { jku, x5u } = decodeProtectedHeader(token);
      const url = jku ?? x5u;
      if (typeof url === 'string') await fetch(url);
      return { decision: 'accepted', said: '' };
    });
    const { results } = await run(
      server,
      cases.filter(({ group }) => group === 'headers'),
    );
    expect(results.filter(({ fetched }) => fetched).map(({ id }) => id)).toEqual([
      'headers/address-of-keys',
      'headers/address-of-keys-and-their-id',
      'headers/address-of-a-certificate',
    ]);
  });

  it('asks a server that looks at no subject nothing about subjects', async () => {
    const server = serverThat(async () => ({ decision: 'accepted', said: '' }), { looksAtSubjects: false });
    const { results } = await run(server);
    expect(
      results.filter(({ group, outcome }) => group === 'subjects' && outcome !== 'not tried').map(({ id }) => id),
    ).toEqual(['subjects/unicode-as-it-is', 'subjects/written-with-escapes']);
  });

  it('waits for a server that may not ask for keys at any time, and no longer', async () => {
    let [asked, time] = [0, Date.now()];
    const server = serverThat(
      async (token) => {
        const isNew = decodeProtectedHeader(token).kid === issuers.keys.second.kid;
        if (isNew) asked += 1;
        return { decision: isNew && asked < 3 ? 'refused' : 'accepted', said: '' };
      },
      { settles: 5 },
    );
    const added = cases.filter(({ id }) => id === 'rotation/added');
    const options = {
      cases: added,
      issuers,
      connection,
      now: () => time,
      sleep: async (ms: number) => {
        time += ms;
      },
    };
    expect(ids(await runCases({ ...options, profile: server }), 'as expected')).toEqual(['rotation/added: accepted']);
    expect(asked).toBe(3);
    asked = -100;
    expect(ids(await runCases({ ...options, profile: server }), 'otherwise')).toEqual(['rotation/added: refused']);
  });

  it('ends where it is asked to', async () => {
    const stop = new AbortController();
    const progress = (done: number) => void (done === 2 && stop.abort());
    const server = serverThat(async () => ({ decision: 'accepted', said: '' }));
    const options = { profile: server, cases, issuers, connection, now: Date.now, sleep: async () => {} };
    expect((await runCases({ ...options, stop: stop.signal, progress })).results).toHaveLength(3);
  });
});

describe('a set-up', () => {
  const of = async (name: 'kubernetes' | 'keycloak' | 'fulcio' | 'step-ca') =>
    setUpFor({
      profile: await profileOf(name),
      cases,
      issuers,
      connection: { ...connection, server: 'https://s.example.com' },
    });

  it('has an authenticator of Kubernetes for each issuer, once', async () => {
    const { kind, jwt } = (await of('kubernetes')) as {
      kind: string;
      jwt: { issuer: { url: string; audiences: string[] } }[];
    };
    expect(kind).toBe('AuthenticationConfiguration');
    expect(new Set(jwt.map(({ issuer }) => issuer.url)).size).toBe(jwt.length);
    expect(jwt[0]).toEqual({
      issuer: { url: issuers.url('github'), audiences: ['https://kubernetes.example.com'] },
      claimMappings: { username: { claim: 'sub', prefix: '' } },
    });
  });

  it('has a client of Keycloak for each trust, by the alias of its issuer', async () => {
    const realm = (await of('keycloak')) as {
      identityProviders: { alias: string }[];
      clients: { attributes: Record<string, string> }[];
    };
    const aliases = realm.identityProviders.map(({ alias }) => alias);
    expect(new Set(aliases).size).toBe(aliases.length);
    for (const { attributes } of realm.clients) {
      expect(aliases).toContain(attributes['jwt.credential.issuer']);
      expect(attributes['jwt.credential.sub']).not.toBe('');
    }
  });

  it('has a kind of Fulcio for each issuer', async () => {
    const { OIDCIssuers } = (await of('fulcio')) as {
      OIDCIssuers: Record<string, { Type: string; IssuerURL: string }>;
    };
    for (const [url, { Type, IssuerURL }] of Object.entries(OIDCIssuers)) {
      expect(IssuerURL).toBe(url);
      expect(['github-workflow', 'gitlab-pipeline', 'kubernetes']).toContain(Type);
    }
  });

  it('has a provisioner of step-ca for each trust, found by an audience of its own, whose template decides', async () => {
    const { provisioners } = ((await of('step-ca')) as { authority: { provisioners: readonly Provisioner[] } })
      .authority;
    expect(new Set(provisioners.map(({ clientID }) => clientID)).size).toBe(provisioners.length);
    const templateOf = (trust: string) =>
      provisioners.find(({ name }) => name === trust)?.options.x509.template.split('\n')[0];
    const otherwise = '{{ fail "It is not the job that is trusted." }}{{ end }}';
    expect(templateOf('github-branch')).toBe(`{{ if ne .Token.sub "repo:octo/app:ref:refs/heads/main" }}${otherwise}`);
    expect(templateOf('github-releases')).toBe(
      `{{ if not (regexMatch "^repo:octo/app:ref:refs/heads/release/.*$" .Token.sub) }}${otherwise}`,
    );
    expect(templateOf('gitlab-claims')).toBe(`{{ if ne (index .Token "project_id") "57382910" }}${otherwise}`);
  });
});

interface Provisioner {
  readonly name: string;
  readonly clientID: string;
  readonly options: { readonly x509: { readonly template: string } };
}
