import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FedbridgeError, type Outbound, parseEndpoint, retry } from '@fedbridge/core';
import { callRest, type GetAccessToken, listOf } from '../azure-devops-rest.ts';
import type { Organization } from '../organization.ts';

interface PublishedPackage {
  readonly version?: { readonly major: number; readonly minor: number; readonly patch: number };
  readonly downloadUrl?: string;
  /** SHA-256 in hexadecimal. */
  readonly hashValue?: string;
}

/** A package has some 150 MB. */
const bounds = { attemptMs: 10 * 60_000, bodyBytes: 1024 ** 3 };

/** The name of a machine's package, as Azure DevOps writes it; `linux-musl-x64` on Alpine. @throws FedbridgeError `INPUT_INVALID` for a machine that has none */
export function packagePlatform(platform: NodeJS.Platform, arch: string, isMusl: boolean): string {
  const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'osx', win32: 'win' };
  const system = systems[platform];
  if (system === undefined || !['x64', 'arm64', 'arm', 'ia32'].includes(arch)) {
    throw new FedbridgeError('INPUT_INVALID', `There is no agent for ${platform} on ${arch}.`);
  }
  return `${system}${isMusl ? '-musl' : ''}-${arch === 'ia32' ? 'x86' : arch}`;
}

/** An agent that an organization publishes. */
export interface AgentPackage {
  readonly version: string;
  readonly platform: string;
  readonly downloadUrl: string;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

/**
 * Source: Microsoft Learn, "Run a self-hosted agent in Docker", `start.sh`.
 *
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
 */
export async function publishedAgent(
  organization: Organization,
  platform: string,
  accessToken: GetAccessToken,
  outbound: Outbound,
): Promise<AgentPackage> {
  const url = `${organization}/_apis/distributedtask/packages/agent?platform=${platform}&top=1`;
  const answer = await callRest({ method: 'GET', url }, accessToken, outbound);
  const { version, downloadUrl, hashValue = '' } = listOf<PublishedPackage>(answer)[0] ?? {};
  if (!version || !downloadUrl || !/^[\da-f]{64}$/i.test(hashValue)) {
    throw new FedbridgeError('ANSWER_MALFORMED', `${organization} names no agent for ${platform} with its hash.`);
  }
  const name = `${version.major}.${version.minor}.${version.patch}`;
  if (!/^\d+\.\d+\.\d+$/.test(name))
    throw new FedbridgeError('ANSWER_MALFORMED', 'The version of the agent is not one.');
  return { version: name, platform, downloadUrl, hash: hashValue.toLowerCase() };
}

/**
 * Puts an agent into a folder below this one, if that version is not there yet.
 *
 * @param stop - ends it early
 * @returns the agent's folder
 * @throws FedbridgeError `DELIVERY_FAILED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `HTTP_*`
 */
export async function provideAgent(
  { version, platform, downloadUrl, hash }: AgentPackage,
  folder: string,
  outbound: Outbound,
  stop: AbortSignal,
): Promise<string> {
  const target = join(folder, version);
  if (await isThere(target)) return target;

  outbound.log(`Agent ${version} for ${platform} is fetched from ${new URL(downloadUrl).host}.`);
  const unpacked = join(folder, `.${version}.${outbound.system.random().toString(36).slice(2)}`);
  await mkdir(unpacked, { recursive: true, mode: 0o700 });
  try {
    const archive = join(unpacked, 'package');
    await download(downloadUrl, archive, hash, outbound, stop);
    await unpack(archive, unpacked, outbound, stop);
    await rm(archive);
    await rename(unpacked, target).catch(async (error) => {
      // Another one was quicker.
      if (!(await isThere(target))) throw error;
    });
    return target;
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** No token goes along: what is fetched is verified by its hash. */
async function download(url: string, path: string, hash: string, outbound: Outbound, stop: AbortSignal): Promise<void> {
  const request = { method: 'GET', url: new URL(parseEndpoint(url, "The agent's address")), headers: {} } as const;
  const sha256 = await retry(outbound, async () => {
    await rm(path, { force: true });
    const saved = await outbound.http.save(request, path, { ...bounds, stop });
    if (saved.status === 200) return saved.sha256;
    throw new FedbridgeError('UNAVAILABLE', `${request.url.host} gives no agent (HTTP ${saved.status}).`, {
      recovery: saved.status === 429 || saved.status >= 500 ? 'transient' : 'never',
    });
  });
  if (sha256 === hash) return;
  throw new FedbridgeError('EXCHANGE_REJECTED', 'The agent that was fetched is not the one that was published.', {
    answer: `SHA-256 ${sha256} in the place of ${hash}`,
    hint: `It was thrown away. Something between this machine and ${request.url.host} changes what passes.`,
  });
}

/** `tar` is on every Linux and macOS, and on Windows from 10 on, where it reads zip files too. */
async function unpack(archive: string, folder: string, { system }: Outbound, stop: AbortSignal): Promise<void> {
  const args = ['-xf', archive, '-C', folder];
  const call = { program: 'tar', args, environment: system.environment, withinMs: bounds.attemptMs };
  const end = await system.run({ ...call, cancelled: stop });
  if (end.exitCode === 0) return;
  throw new FedbridgeError('DELIVERY_FAILED', 'The agent could not be unpacked.', { answer: end.output.slice(-500) });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
