import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { ids, region, role, sharedSetup } from '../harness/setup.ts';
import { gitHubToken } from '../harness/tokens.ts';

describe('@aws-sdk/client-sts, unchanged', () => {
  it('assumes a role with a web identity and is who it says', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { Credentials, AssumedRoleUser, Provider } = await assume(emulator, await tokenOf(emulator));
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ids.account}:assumed-role/deploy/interop`);
    expect(Provider).toContain(':oidc-provider/127.0.0.1');
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const identity = await whoAmI(emulator, credentials);
    expect(identity.Arn).toBe(AssumedRoleUser?.Arn);
    await expect(whoAmI(emulator, { ...credentials, secretAccessKey: 'wrong' })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await expect(whoAmI(emulator, { ...credentials, sessionToken: 'wrong' })).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    await expect(whoAmI(emulator, { accessKeyId: 'ASIAUNKNOWN', secretAccessKey: 'x' })).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    emulator.clock.advance(3601);
    await expect(whoAmI(emulator, credentials)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it.each([
    ['AccessDenied', { ref: 'refs/heads/feature' }, 'sts.amazonaws.com'],
    ['InvalidIdentityTokenException', {}, 'https://other.example.com'],
    ['ExpiredTokenException', { lifetimeSeconds: -3600 }, 'sts.amazonaws.com'],
  ] as const)('is refused with %s', async (name, job, audience) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    await expect(assume(emulator, await tokenOf(emulator, job, audience))).rejects.toMatchObject({ name });
  });

  it('is refused a token whose signature was changed', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const [header, payload, signature = ''] = (await tokenOf(emulator)).split('.');
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await expect(assume(emulator, forged)).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
  });
});

describe('jose, unchanged', () => {
  it("verifies GitHub's token through the issuer's discovery document", async () => {
    await using emulator = await startEmulator();
    const token = await tokenOf(emulator);
    const discovery = await (await fetch(`${emulator.issuers.gitHub}/.well-known/openid-configuration`)).json();
    const { issuer, jwks_uri } = discovery as { issuer: string; jwks_uri: string };
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer,
      audience: 'sts.amazonaws.com',
    });
    expect(payload).toMatchObject({
      repository: 'octo/app',
      ref: 'refs/heads/main',
      sub: 'repo:octo/app:ref:refs/heads/main',
    });
  });
});

function client(emulator: Emulator, credentials: ConstructorParameters<typeof STSClient>[0] = {}): STSClient {
  return new STSClient({ endpoint: emulator.urls.sts, region, maxAttempts: 1, ...credentials });
}

function assume(emulator: Emulator, token: string) {
  return client(emulator).send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: role, RoleSessionName: 'interop', WebIdentityToken: token }),
  );
}

function whoAmI(
  emulator: Emulator,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
) {
  return client(emulator, { credentials }).send(new GetCallerIdentityCommand({}));
}

function tokenOf(
  emulator: Emulator,
  job: Parameters<Emulator['startGitHubJob']>[0] = {},
  audience = 'sts.amazonaws.com',
): Promise<string> {
  return gitHubToken(emulator.startGitHubJob(job).environment, audience);
}
