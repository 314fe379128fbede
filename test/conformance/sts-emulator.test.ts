/**
 * Tests as well:
 * - packages/emulator/src/server/published-keys.ts
 * - packages/emulator/src/sts/assume-role-with-web-identity.ts
 * - packages/emulator/src/sts/condition-keys.ts
 * - packages/emulator/src/sts/oidc-provider.ts
 * - packages/emulator/src/sts/role-session.ts
 * - packages/emulator/src/sts/sts-problem.ts
 * - packages/emulator/src/sts/web-identity-token.ts
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedPolicyRows } from './iam-keys.ts';
import { rolesClaimRows } from './sts-roles-claim.ts';
import { tokenRows } from './sts-tokens.ts';
import { capturedPolicyRows } from './sts-trust.ts';
import { resolved, type StsWorld, stsWorld } from './world.ts';

const tokens = [...tokenRows, ...rolesClaimRows];
const policies = [...capturedPolicyRows, ...documentedPolicyRows];
let world: StsWorld;
beforeAll(async () => {
  world = await stsWorld(tokens, policies);
});
afterAll(() => world[Symbol.asyncDispose]());

const element = (text: string, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(text)?.[1]
    ?.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

describe("the emulator's STS answers as the real one to a token", () => {
  it.each(tokens)('$name [$source]', async (row) => {
    const { text, given } = await world.ask(row);
    const { answer } = row;
    if ('denies' in answer) {
      const told = { code: element(text, 'Code'), message: element(text, 'Message') };
      expect(told).toEqual({ code: answer.denies, message: resolved(answer.saying, given) });
      return;
    }
    expect({
      role: element(text, 'Arn'),
      provider: element(text, 'Provider'),
      subject: answer.gives.subject === undefined ? undefined : element(text, 'SubjectFromWebIdentityToken'),
      audience: answer.gives.audience === undefined ? undefined : element(text, 'Audience'),
      sourceIdentity: element(text, 'SourceIdentity'),
    }).toEqual({
      role: `arn:aws:sts::${given.account}:assumed-role/open/job`,
      provider: given.provider,
      subject: answer.gives.subject,
      audience: answer.gives.audience,
      sourceIdentity: answer.gives.sourceIdentity,
    });
  });
});

describe("the emulator's STS reads a trust policy as IAM documents it", () => {
  it.each(policies)('$name: $allowed [$source]', async (row) => {
    const text = await world.askPolicy(row);
    expect(element(text, 'Code')).toBe(row.allowed ? undefined : 'AccessDenied');
    expect(element(text, 'AccessKeyId') !== undefined).toBe(row.allowed);
  });
});
