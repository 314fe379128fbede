import { HttpClient, type Outbound, parseProxy, readSmallFile } from '@fedbridge/core';
import { type CleanUp, type Host, useNetwork } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { forgetTokens, rememberedTokens, rememberTokens } from './remembered-tokens.ts';

/** What was renewed is known to the broker alone, and goes with it. */
const rememberRenewed: CleanUp = async (host) => {
  const remembered = rememberedTokens(host);
  if (remembered?.tokenFile === undefined || !host.folder.contains(remembered.tokenFile)) return;
  const renewed = await tokenIn(remembered.tokenFile);
  if (renewed === undefined || remembered.tokens.includes(renewed)) return;
  host.mask(renewed);
  rememberTokens(host, { ...remembered, tokens: [...remembered.tokens, renewed] });
};

/** Revokes what the job was given. */
const endTokens: CleanUp = async (host) => {
  const remembered = rememberedTokens(host);
  if (remembered === undefined) return;
  const { revoke } = await import('@fedbridge/exchange/revoke');
  const outbound = await outboundOf(host);
  try {
    let haveEnded = true;
    for (const token of remembered.tokens) haveEnded = (await revoke(remembered, token, outbound)) && haveEnded;
    host.info(
      `${haveEnded ? 'Revoked' : 'Cannot be revoked, and expires by itself'}: what ${remembered.profile.title} gave this job.`,
    );
  } finally {
    outbound.http.close();
  }
  forgetTokens(host);
};

async function tokenIn(file: string): Promise<string | undefined> {
  try {
    return (await readSmallFile(file, { withinMs: 2_000 })).toString();
  } catch {
    // The broker was ended before, or denied what it had.
    return undefined;
  }
}

/** How long ending a token may take, in ms. */
const timeoutMs = 30_000;

async function outboundOf(host: Host): Promise<Outbound> {
  const { system } = host;
  const proxy = host.input('httpProxy').trim();
  const inputs = {
    proxy: proxy === '' ? undefined : parseProxy(proxy),
    noProxy: host.input('noProxy').trim() || undefined,
  };
  await useNetwork(host, inputs, (secret) => host.mask(secret));
  return {
    http: new HttpClient(system.environment, system.network),
    system,
    deadline: system.now() + timeoutMs,
    maxAttempts: 3,
    log: (line) => host.info(line),
    debug: (line) => host.debug(line),
    mask: (secret) => host.mask(secret),
  };
}

/** The parts of the step's clean-up, in their order. */
export const cleanUpTokenExchange: readonly CleanUp[] = [rememberRenewed, stopKeepingFresh, endTokens];
