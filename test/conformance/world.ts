import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { ids } from '../harness/setup.ts';
import { gitHubToken } from '../harness/tokens.ts';
import type { PolicyRow } from './iam-policies.ts';
import { outsideIssuers, publishedKeys, signed } from './outside-issuer.ts';
import type { Given } from './row.ts';
import { clientIds, type TokenRow, usualClaims } from './sts-tokens.ts';

const prefixOf = (issuer: string) => issuer.replace(/^https?:\/\//, '');

/** What rows may name, for a role and an issuer. */
export function givenFor(role: string, issuer: string, now: number): Given {
  const arn = (name: string) => `arn:aws:iam::${ids.account}:role/${name}`;
  const provider = `arn:aws:iam::${ids.account}:oidc-provider/${prefixOf(issuer)}`;
  return { now, role: arn(role), otherRole: arn('another'), provider, account: ids.account };
}

/** A row's policy, where keys that begin with a colon are the issuer's. */
export function policyFor(row: PolicyRow, issuer: string, given: Given): unknown {
  const keyed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(keyed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key.startsWith(':') ? `${prefixOf(issuer)}${key}` : key, keyed(one)]),
    );
  };
  return keyed(row.policy(given));
}

export const resolved = <T>(value: T | ((given: Given) => T), given: Given): T =>
  typeof value === 'function' ? (value as (given: Given) => T)(given) : value;

/** An emulator of STS whose account has a role for each row. */
export interface StsWorld extends AsyncDisposable {
  ask(row: TokenRow): Promise<{ readonly text: string; readonly given: Given }>;
  askPolicy(row: PolicyRow): Promise<string>;
}

export async function stsWorld(tokens: readonly TokenRow[], policies: readonly PolicyRow[]): Promise<StsWorld> {
  const issuers = await outsideIssuers();
  const usual = issuers.publish('usual', publishedKeys);
  const own = new Map(
    tokens.flatMap(({ name, keys }, index) =>
      keys ? [[name, issuers.publish(`own-${index}`, keys(publishedKeys))]] : [],
    ),
  );
  const issuerOf = ({ name }: TokenRow) => own.get(name) ?? usual;
  const roleOf = (row: PolicyRow) => `policy-${policies.indexOf(row)}`;
  const emulator = await startEmulator({
    setup: ({ github }) => ({
      accounts: [
        {
          id: ids.account,
          oidcProviders: [
            ...[usual, ...own.values()].map((url) => ({ url, clientIds })),
            { url: github, clientIds: ['sts.amazonaws.com'] },
          ],
          roles: [
            { name: 'open', maxSessionDurationSeconds: 7200, trustPolicy: openPolicy([usual, ...own.values()]) },
            ...policies.map((row) => {
              const issuer = row.issuer === 'GitHub' ? github : usual;
              return { name: roleOf(row), trustPolicy: policyFor(row, issuer, givenFor(roleOf(row), issuer, 0)) };
            }),
          ],
        },
      ],
    }),
  });
  const { github, sts } = emulator.urls;
  const post = async (parameters: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', ...parameters });
    return await (await fetch(sts, { method: 'POST', body })).text();
  };
  return {
    ask: async (row) => {
      const issuer = issuerOf(row);
      const given = givenFor('open', issuer, emulator.clock.seconds());
      const json = JSON.stringify({ iss: issuer, ...usualClaims(given), ...resolved(row.claims ?? {}, given) });
      const token = signed(row.text?.(json) ?? json, row.algorithm, row.header);
      const parameters = { RoleArn: given.role, RoleSessionName: 'job', WebIdentityToken: token };
      return { text: await post({ ...parameters, ...row.request }), given };
    },
    askPolicy: async (row) => {
      const issuer = row.issuer === 'GitHub' ? github : usual;
      const given = givenFor(roleOf(row), issuer, emulator.clock.seconds());
      const claims = { ...usualClaims(given), ...resolved(row.claims, given) };
      const token =
        row.issuer === 'GitHub'
          ? await tokenOfJob(emulator, resolved(row.claims, given))
          : signed(JSON.stringify({ iss: issuer, ...claims }));
      return post({ RoleArn: given.role, RoleSessionName: row.sessionName, WebIdentityToken: token });
    },
    [Symbol.asyncDispose]: async () => {
      await emulator.close();
      await issuers[Symbol.asyncDispose]();
    },
  };
}

function openPolicy(issuers: readonly string[]) {
  const providers = issuers.map((issuer) => givenFor('open', issuer, 0).provider);
  const Action = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: providers }, Action }] };
}

async function tokenOfJob(emulator: Emulator, claims: Readonly<Record<string, unknown>>): Promise<string> {
  return await gitHubToken(emulator.startGitHubJob({ claims }).environment, 'sts.amazonaws.com');
}
