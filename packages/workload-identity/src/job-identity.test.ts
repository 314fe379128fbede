import { type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { awsCredentials } from './aws-credentials.ts';
import { entraCredential } from './entra-credential.ts';
import { insideOf, jobIdentity } from './job-identity.ts';

const client = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
const tenant = '2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01';
const role = 'arn:aws:iam::123456789012:role/deploy';
const gitHub = { GITHUB_ACTIONS: 'true' };

describe("a job's identity", () => {
  it('is not there outside of a job', () => {
    expect(() => jobIdentity({ environment: {} })).toThrow(expect.objectContaining({ code: 'ID_TOKEN_UNAVAILABLE' }));
  });

  it('is not what somebody else made', () => {
    expect(() => insideOf({ platform: 'github', getIdToken: () => Promise.reject(new Error()) })).toThrow(TypeError);
  });

  it('gives the ID token that a job of GitLab has, masked first, and prints none', async () => {
    await using emulator = await startEmulator();
    const { environment } = await emulator.platforms.gitLab.startJob({
      idTokens: { ANY: { aud: 'https://vault.example.com' } },
    });
    const masked: string[] = [];
    const job = jobIdentity({ environment, mask: (secret) => masked.push(secret) });
    const token = await job.getIdToken('https://vault.example.com');
    expect([job.platform, token.audiences]).toEqual(['gitlab', ['https://vault.example.com']]);
    expect(masked).toEqual([token.reveal()]);
    expect(JSON.stringify(token)).not.toContain(token.reveal());
  });

  it('gives no ID token without the claims that are required', async () => {
    await using emulator = await startEmulator();
    const { environment } = emulator.startGitHubJob({ repository: 'octo/app' });
    const job = (requiredClaims: Record<string, string>) =>
      jobIdentity({ environment, requiredClaims, mask: () => {} });
    await expect(job({ repository: 'octo/*' }).getIdToken()).resolves.toMatchObject({
      claims: { repository: 'octo/app' },
    });
    await expect(job({ repository: 'evil/*' }).getIdToken()).rejects.toMatchObject({ code: 'ID_TOKEN_CLAIM' });
  });
});

describe('credentials', () => {
  const world = (urls: EmulatorUrls): Setup => ({
    accounts: [
      {
        id: '123456789012',
        oidcProviders: [{ url: urls.github, clientIds: ['sts.amazonaws.com'] }],
        roles: [
          {
            name: 'deploy',
            trustPolicy: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: {
                    Federated: `arn:aws:iam::123456789012:oidc-provider/${urls.github.replace('http://', '')}`,
                  },
                  Action: 'sts:AssumeRoleWithWebIdentity',
                  Condition: { StringLike: { [`${urls.github.replace('http://', '')}:sub`]: 'repo:octo/app:*' } },
                },
              ],
            },
          },
        ],
      },
    ],
  });

  it('of AWS are asked for once by all who ask at once', async () => {
    await using emulator = await startEmulator({ setup: world });
    const { environment } = emulator.startGitHubJob({ repository: 'octo/app' });
    const job = jobIdentity({ environment, mask: () => {} });
    const get = awsCredentials(job, { roleToAssume: role, region: 'eu-central-1', stsEndpoint: emulator.urls.sts });
    const [first, ...others] = await Promise.all([get(), get(), get()]);
    expect(first).toMatchObject({ accountId: '123456789012', expiration: expect.any(Date) });
    expect(others).toEqual([first, first]);
    // Beside what STS asks the issuer.
    expect(emulator.requests.filter(({ service }) => service === 'sts').length).toBe(1);
  });

  it.each([
    ['roleToAssume', { roleToAssume: 'deploy' }],
    ['region', { region: 'Frankfurt' }],
    ['roleChain', { roleChain: ['deploy'] }],
    ['durationSeconds', { durationSeconds: 60 }],
    ['sessionName', { sessionName: 'a b' }],
  ])('of AWS: an error names the option %s, before any request', (name, wrong) => {
    const options = { roleToAssume: role, region: 'eu-central-1', ...wrong };
    const job = jobIdentity({ environment: gitHub });
    expect(() => awsCredentials(job, options)).toThrow(`Option "${name}": `);
  });

  it.each([
    ['no client', { tenantId: tenant }, 'INPUT_MISSING'],
    ['no tenant', { clientId: client }, 'INPUT_MISSING'],
    ['a client that is none', { clientId: 'app', tenantId: tenant }, 'INPUT_INVALID'],
    [
      'an address that a token must not be sent to',
      { clientId: client, tenantId: tenant, authorityHost: 'http://example.com' },
      'ENDPOINT_NOT_ALLOWED',
    ],
  ])('of Entra: %s', (_title, options, code) => {
    const job = jobIdentity({ environment: gitHub });
    expect(() => entraCredential(job, options)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['scopes of two resources', ['https://vault.azure.net/.default', 'https://storage.azure.com/.default'], {}],
    ['no scope', [], {}],
    ['further claims, which a job cannot have', 'https://vault.azure.net/.default', { claims: '{}' }],
    ['another tenant', 'https://vault.azure.net/.default', { tenantId: client }],
  ])('of Entra are not given for %s', async (_title, scopes, asked) => {
    const job = jobIdentity({ environment: gitHub });
    const credential = entraCredential(job, { clientId: client, tenantId: tenant });
    await expect(credential.getToken(scopes, asked)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
