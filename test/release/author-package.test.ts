/**
 * - packages/workload-identity/src/aws-credentials.ts
 * - packages/workload-identity/src/entra-credential.ts
 * - packages/workload-identity/src/job-identity.ts
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { beforeAll, describe, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { npm, packageRuntimes, packed } from '../harness/packed.ts';
import { root } from '../harness/process.ts';
import { ids, pipelineJob, region, role, sharedSetup } from '../harness/setup.ts';

/** What authors install beside it, from where this workspace has it. */
const libraries = {
  '@actions/core': 'packages/github',
  '@aws-sdk/client-sts': 'test',
  '@types/node': '.',
  'azure-pipelines-task-lib': 'packages/azure-pipelines',
};
const authors = mkdtempSync(join(tmpdir(), 'authors-'));
const installed = join(authors, 'node_modules', '@fedbridge', 'workload-identity');
const run = (file: string, args: readonly string[], cwd: string) =>
  execFileSync(process.execPath, [file, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' });

let tarball = '';
beforeAll(() => {
  tarball = packed('workload-identity');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  for (const [name, from] of Object.entries(libraries)) {
    mkdirSync(dirname(join(authors, 'node_modules', name)), { recursive: true });
    symlinkSync(realpathSync(join(root, from, 'node_modules', name)), join(authors, 'node_modules', name));
  }
  for (const sample of ['action', 'task']) {
    const folder = join(authors, sample);
    cpSync(join(root, 'examples', sample), folder, { recursive: true });
    // As their `npm run build` does.
    run(join(root, 'node_modules/typescript/bin/tsc'), [], folder);
    run(
      join(root, 'scripts/node_modules/@vercel/ncc/dist/ncc/cli.js'),
      ['build', 'lib/main.js', '--out', 'dist'],
      folder,
    );
  }
});

describe('the library for authors of actions and tasks', () => {
  it('holds scripts, types and licences, and nothing of this workspace', () => {
    const files = readdirSync(installed, { recursive: true }).map(String);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.d.ts', 'dist/licenses.txt']));
    expect(
      files.filter((file) => !/^(LICENSE|README\.md|package\.json|dist|dist\/[\w-]+\.(js|d\.ts|txt))$/.test(file)),
    ).toEqual([]);
    for (const file of ['package.json', 'dist/index.d.ts', 'dist/index.js']) {
      const text = readFileSync(join(installed, file), 'utf8');
      expect(text, file).not.toMatch(
        /workspace:|catalog:|"scripts"|from '@fedbridge|import\(['"]@fedbridge|[dD]ependencies"/,
      );
    }
    expect(readFileSync(join(installed, 'dist/index.d.ts'), 'utf8')).not.toContain('import ');
  });

  it.each(packageRuntimes())(
    'npm install in an empty folder, and nothing happens as it loads, on $name',
    ({ node }) => {
      const folder = mkdtempSync(join(tmpdir(), 'installed-'));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      npm(node, ['install', tarball], folder);
      const script = `import * as all from '@fedbridge/workload-identity'; console.log(Object.keys(all).join());`;
      const { stdout, stderr } = spawnSync(node, ['--input-type=module', '--eval', script], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect({ stdout, stderr }).toEqual({
        stdout: 'FedbridgeError,awsCredentials,entraCredential,jobIdentity\n',
        stderr: '',
      });
    },
  );

  it('a bundler leaves out what is not imported', () => {
    const sizeOf = (names: string) => {
      writeFileSync(
        join(authors, 'entry.js'),
        `import { ${names} } from '@fedbridge/workload-identity'; console.log(${names});`,
      );
      const script = `import { rolldown } from ${JSON.stringify(join(root, 'scripts/node_modules/rolldown/dist/index.mjs'))};
        const bundle = await rolldown({ input: 'entry.js', platform: 'node' });
        const { output } = await bundle.generate({ minify: true });
        console.log(output.find((one) => one.isEntry).code.length);`;
      return Number(run('--input-type=module', ['--eval', script], authors));
    };
    const [error, identity, all] = [
      'FedbridgeError',
      'jobIdentity',
      'jobIdentity, awsCredentials, entraCredential',
    ].map(sizeOf);
    expect(error).toBeLessThan(2_000);
    expect(identity).toBeLessThan((all ?? 0) - 10_000);
  });

  it('its README shows what the samples do', () => {
    const samples = ['action', 'task'].map((name) => readFileSync(join(root, 'examples', name, 'src/main.ts'), 'utf8'));
    const plain = (text: string) => text.replace(/\s+/g, ' ');
    const readme = readFileSync(join(root, 'packages/workload-identity/README.md'), 'utf8');
    const [aws = '', entra = ''] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => plain(code));
    expect(plain(samples[0] ?? '')).toContain(aws);
    expect(plain(samples[1] ?? '')).toContain(entra);
  });
});

describe('the sample action', () => {
  const inputs = (urls: { readonly sts: string }, arn: string) => ({ role: arn, region, 'sts-endpoint': urls.sts });

  it.each(packageRuntimes())('has the AWS SDK signed in by OIDC, on $name', async ({ node }) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = emulator.startGitHubJob();
    const step = gitHubStep({ name: 'action', from: authors, inputs: inputs(emulator.urls, role), environment, node });
    const { error, outputs, masked, shown } = await step.run();
    expect(error).toBeUndefined();
    expect(outputs.arn).toMatch(/^arn:aws:sts::123456789012:assumed-role\/deploy\//);
    expect(masked.length).toBeGreaterThanOrEqual(4);
    for (const secret of masked) expect(shown).not.toContain(secret);
  });

  it('says what was presented where the role does not trust the job, and what would allow it', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = emulator.startGitHubJob({ repository: 'evil/app' });
    const step = gitHubStep({ name: 'action', from: authors, inputs: inputs(emulator.urls, role), environment });
    const { error, visible } = await step.run();
    expect(error).toContain('[EXCHANGE_REFUSED]');
    expect(visible).toContain('subject repo:evil/app:');
    expect(visible).toContain(
      '"token.actions.githubusercontent.com:sub"'.replace(
        'token.actions.githubusercontent.com',
        new URL(emulator.urls.github).host,
      ),
    );
  });
});

describe('the sample task', () => {
  /** An API that answers from its third request on. */
  async function startApi() {
    const tokens: string[] = [];
    const server = createServer(({ headers }, response) => {
      tokens.push(headers.authorization ?? '');
      response.writeHead(tokens.length < 3 ? 503 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { tokens, url: `http://127.0.0.1:${port}/`, [Symbol.dispose]: () => void server.close() };
  }
  const settings = (authorityHost: string, url: string) => ({
    ...{ cloudConnection: ids.newConnection, scope: 'https://graph.microsoft.com/.default' },
    ...{ url, seconds: '0', authorityHost },
  });

  it.each(packageRuntimes())('signs in as the connection in an input of its own name, on $name', async ({ node }) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    using api = await startApi();
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
    const inputs = settings(emulator.urls.entra, api.url);
    const step = azurePipelinesStep({ name: 'task', from: authors, inputs, environment, node });
    const { error, outputs, masked, shown } = await step.run();
    expect(error).toBeUndefined();
    expect(outputs.attemptsTaken).toBe('3');
    // One token for all attempts, since it lives for an hour.
    expect(new Set(api.tokens).size).toBe(1);
    expect(masked).toContain(api.tokens[0]?.replace('Bearer ', ''));
    for (const secret of masked) expect(shown).not.toContain(secret);
  });

  it('gets a new token where the last expires soon', async () => {
    await using emulator = await startEmulator({
      setup: (urls) => {
        const { tenants = [], ...others } = sharedSetup(urls);
        return { ...others, tenants: tenants.map((tenant) => ({ ...tenant, accessTokenSeconds: 100 })) };
      },
    });
    using api = await startApi();
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
    const inputs = settings(emulator.urls.entra, api.url);
    const { error } = await azurePipelinesStep({ name: 'task', from: authors, inputs, environment }).run();
    expect(error).toBeUndefined();
    expect(new Set(api.tokens).size).toBe(3);
  });

  it('denies an input that a variable of the job has replaced, before any request', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
    const inputs = settings(emulator.urls.entra, 'http://127.0.0.1:9/');
    const variables = { 'input.cloudConnection': ids.oldConnection };
    const { error } = await azurePipelinesStep({ name: 'task', from: authors, inputs, environment, variables }).run();
    expect(error).toContain('is replaced by the job\'s variable "input.cloudConnection"');
    expect(emulator.requests).toEqual([]);
  });
});
