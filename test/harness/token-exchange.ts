import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { json } from 'node:stream/consumers';
import type { Emulator } from '@fedbridge/emulator';
import { bundleStep } from './bundle-step.ts';
import type { Step } from './job.ts';
import type { Variables } from './process.ts';
import { googleAccount, googleProviders, otherRepository, pipelineJob, target } from './setup.ts';
import type { Platform } from './ways.ts';

/** The usual inputs of each profile, by their names in the step's definition. */
export const exchangeInputs = {
  rfc8693: ({ urls }: Emulator): Variables => ({
    profile: 'rfc8693',
    tokenUrl: `${urls.oauth}/token`,
    targetAudience: target,
  }),
  'octo-sts': ({ urls }: Emulator, platform: Platform): Variables => ({
    profile: 'octo-sts',
    scope: otherRepository,
    trustPolicy: platform === 'github' ? 'deploy' : 'release',
    domain: urls.octoSts,
    githubApiUrl: urls.octoSts,
  }),
  vault: ({ urls }: Emulator, platform: Platform): Variables => ({
    profile: 'vault',
    url: urls.vault,
    role: 'ci',
    ...(platform === 'github' ? {} : { path: 'teams/jwt' }),
  }),
  google: ({ urls }: Emulator, platform: Platform): Variables => ({
    profile: 'google',
    workloadIdentityProvider: googleProviders[platform],
    serviceAccount: googleAccount,
    tokenUrl: `${urls.google}/v1/token`,
    iamCredentialsEndpoint: urls.google,
  }),
};

/** Which job exchanges its token. */
export interface ExchangeJob {
  readonly emulator: Emulator;
  readonly platform: Platform;
  /** Whether the services trust it; by default they do. */
  readonly isTrusted?: boolean;
  /** Of its ID tokens; by default minutes. */
  readonly lifetimeSeconds?: number;
}

/** The step in such a job. @param more - variables of the job's environment */
export function exchangeStep(
  { emulator, platform, isTrusted = true, ...job }: ExchangeJob,
  inputs: Variables,
  more: Variables = {},
): Step {
  const { environment } =
    platform === 'github'
      ? emulator.startGitHubJob({ ...job, ...(isTrusted ? {} : { ref: 'refs/heads/other' }) })
      : emulator.startAzurePipelinesJob({ ...pipelineJob, ...job, ...(isTrusted ? {} : { pipeline: 'nightly' }) });
  return bundleStep('token-exchange', platform, { disableRetry: 'true', ...inputs }, { ...environment, ...more });
}

/** How users of a platform write the name of an output. */
export function outputName(platform: Platform, name: string): string {
  return platform === 'github' ? name : name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What an API answers to whoever bears a token. @param ca - PEM, of an API with TLS */
export async function asks(
  url: string,
  token: string,
  ca?: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { get } = ca === undefined ? http : https;
  const asked = get(url, { headers: { authorization: `Bearer ${token}` }, ...(ca === undefined ? {} : { ca }) });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await json(answer).catch(() => undefined) };
}
