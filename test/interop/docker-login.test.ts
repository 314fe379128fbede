import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { noContainer, startContainer } from '../harness/container.ts';
import { blocksOf } from '../harness/page-commands.ts';
import { machineEnvironment } from '../harness/process.ts';
import { sharedSetup, subjects } from '../harness/setup.ts';
import { isOfAws, isOurs, mappedEnvironment, type ShownStep, startShown } from '../harness/shown-step.ts';

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const missing = ['aws', 'docker', 'curl', 'jq'].filter((program) => !has(program)).join(', ');
const skipped = missing === '' ? '' : ` (skipped without ${missing})`;
const realDocker = spawnSync('which', ['docker'], { encoding: 'utf8' }).stdout.trim();

/** Recipes that log Docker in by commands that are here; `az acr login` asks a subscription that there is not. */
const recipes = blocksOf('docs/recipes.md')
  .filter(({ language, text }) => language === 'yaml' && text.includes('docker login'))
  .map(({ text }) => (parse(text) as { steps: readonly ShownStep[] }).steps)
  .map(([step = {}, later = {}]) => ({ step, later, title: step.uses?.replace(/@.*/, '') ?? step.task ?? '' }));

it('there are recipes of both clouds on both platforms', () => expect(recipes).toHaveLength(4));

describe.skipIf(skipped !== '')(`docker login as in the recipes${skipped}`, () => {
  it.concurrent.each(recipes)('$title: the registry takes the password that the credentials give', (recipe) =>
    logIn(recipe),
  );

  it.skipIf(noContainer() !== '').each(recipes)("$title: in a job's container, kept fresh", async (recipe) => {
    const container = await startContainer();
    const name = recipe.step.uses === undefined ? 'keepFresh' : 'keep-fresh';
    await logIn(recipe, { inputs: { [name]: 'true' }, node: container.node });
    container.remove();
  });
});

async function logIn(
  { step: shown, later }: (typeof recipes)[number],
  how: Parameters<typeof startShown>[2] = {},
): Promise<void> {
  await using emulator = await startEmulator({ setup: withEnvironment });
  await using registry = await startRegistry();
  expect(isOurs(shown)).toBe(true);
  const step = startShown(emulator, shown, how);
  const run = await step.run();
  expect(run.error).toBeUndefined();
  const mapped = mappedEnvironment(later, shown, step, run);
  const { bin, pushed } = toolsIn(mkdtempSync(join(tmpdir(), 'docker-')));
  const env = {
    ...machineEnvironment(step.home),
    ...run.exported,
    ...mapped,
    PATH: [bin, process.env.PATH].join(delimiter),
    AWS_ENDPOINT_URL_ECR: registry.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const script = (later.run ?? later.script ?? '')
    .replaceAll(/https:\/\/[\w.]+(?=\/oauth2)/g, registry.url)
    .replaceAll(/\b(?:contoso\.azurecr\.io|\d+\.dkr\.ecr\.[\w.-]+amazonaws\.com)/g, registry.host);
  await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', script], { env, cwd: step.work });
  const [asked = ''] = registry.asked;
  const keyId = run.exported.AWS_ACCESS_KEY_ID ?? '';
  if (isOfAws(shown)) expect(asked).toContain(`Credential=${keyId || 'ASIA'}`);
  else expect(decodeJwt(asked)).toMatchObject({ aud: 'https://containerregistry.azure.net' });
  expect(pushed()).toBe(`push ${registry.host}/web:latest`);
  // What it keeps is in the job's own folder.
  const kept = join(step.tempDirectory, 'docker', 'config.json');
  expect(Object.keys(JSON.parse(readFileSync(kept, 'utf8')).auths)).toEqual([registry.host]);
  expect(statSync(kept).mode & 0o077).toBe(0);
  await step.cleanUp();
}

/** The same job, which has an environment, is trusted. */
function withEnvironment(urls: EmulatorUrls): Setup {
  return JSON.parse(
    JSON.stringify(sharedSetup(urls)).replaceAll(subjects.gitHub, 'repo:octo/app:environment:production'),
  );
}

/** The real docker, but for what needs an engine. */
function toolsIn(bin: string) {
  const pushes = join(bin, 'pushes');
  writeFileSync(pushes, '');
  const script = `#!/bin/sh\n[ "$1" = push ] && { echo "$*" >>'${pushes}'; exit; }\nexec '${realDocker}' "$@"\n`;
  writeFileSync(join(bin, 'docker'), script);
  chmodSync(join(bin, 'docker'), 0o755);
  return { bin, pushed: () => readFileSync(pushes, 'utf8').trim() };
}

const password = 'what-the-registry-gave';

/**
 * A registry, and what gives its password: to who signs as ECR wants it, or shows an access token as ACR does.
 * Sources: Amazon ECR API Reference, GetAuthorizationToken; azure.github.io/acr, "AAD-OAuth"; the Docker Registry HTTP API V2.
 */
async function startRegistry() {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const answer = (status: number, value: object, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
    const { authorization = '' } = request.headers;
    if (request.headers['x-amz-target']?.toString().endsWith('.GetAuthorizationToken')) {
      asked.push(authorization);
      const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
      return answer(200, { authorizationData: [{ authorizationToken, expiresAt: 4e9, proxyEndpoint: url }] });
    }
    if (request.url === '/oauth2/exchange') {
      const form = new URLSearchParams(body);
      if (form.get('grant_type') !== 'access_token' || form.get('service') !== host) return answer(400, {});
      asked.push(form.get('access_token') ?? '');
      return answer(200, { refresh_token: password });
    }
    const [, given] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':');
    if (given === password) return answer(200, {});
    return answer(401, {}, { 'www-authenticate': 'Basic realm="registry"' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;
  return {
    host,
    url,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
