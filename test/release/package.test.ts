import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { root } from '../harness/process.ts';
import { ids, pipelineJob, region, role, sharedSetup } from '../harness/setup.ts';

const runs = [
  ['FedbridgeAwsCredentials', 'authenticatedArn'],
  ['FedbridgeEntraToken', 'accessToken'],
  ['FedbridgeIdToken', 'idToken'],
  ['FedbridgeTokenExchange', 'accessToken'],
  ['FedbridgeTrustLint', 'sarifFile'],
] as const;

describe('the extension', () => {
  const unpacked = mkdtempSync(join(tmpdir(), 'vsix-'));
  let names: string[] = [];

  beforeAll(() => {
    const script = join(root, 'scripts', 'package.ts');
    const bin = join(root, 'node_modules', '.bin');
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const file = execFileSync(process.execPath, [script, unpacked], { encoding: 'utf8', env }).trim();
    const files = Object.entries(unzipSync(readFileSync(file))).filter(([name]) => !name.endsWith('/'));
    for (const [name, content] of files) {
      mkdirSync(dirname(join(unpacked, name)), { recursive: true });
      writeFileSync(join(unpacked, name), content);
    }
    names = files.map(([name]) => name);
  });

  it.each(runs)('%s runs from the package alone', async (name, output) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const job = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
    const inputs = {
      FedbridgeAwsCredentials: { roleToAssume: role, awsRegion: region, stsEndpoint: emulator.urls.sts },
      FedbridgeEntraToken: { azureSubscription: ids.newConnection, authorityHost: emulator.urls.entra },
      FedbridgeIdToken: {},
      FedbridgeTokenExchange: { profile: 'rfc8693', tokenUrl: `${emulator.urls.oauth}/token` },
      FedbridgeTrustLint: { files: 'test/documents', failOn: 'none' },
    }[name];
    const environment = { ...job.environment, SYSTEM_DEFAULTWORKINGDIRECTORY: root };
    const step = azurePipelinesStep({ name, inputs, environment, from: unpacked });
    const { error, outputs } = await step.run();
    expect(error).toBeUndefined();
    expect(outputs[output]).toBeTruthy();
    expect((await step.cleanUp()).exitCode).toBe(0);
    expect(step.files()).toEqual([]);
  });

  it('holds what tasks run on, with icons and licences, and nothing else', () => {
    const perTask = names
      .filter((name) => name.startsWith('Fedbridge'))
      .map((name) => name.split('/').slice(1).join('/'));
    expect(new Set(perTask.filter((name) => !/^dist\/(main|post|broker)\/\d+\.index\.js$/.test(name)))).toEqual(
      new Set([
        'task.json',
        'icon.png',
        ...['main', 'post', 'broker'].flatMap((entry) =>
          ['index.js', 'licenses.txt', 'package.json'].map((file) => `dist/${entry}/${file}`),
        ),
      ]),
    );
    expect(names).toEqual(expect.arrayContaining(['overview.md', 'icon.png', 'screenshots/who.png', 'LICENSE']));
  });

  it('contributes every task under its name, and a service connection without secrets', () => {
    const { contributions, files } = JSON.parse(readFileSync(join(root, 'tasks', 'vss-extension.json'), 'utf8'));
    const tasks = contributions.filter(({ type }: { type: string }) => type === 'ms.vss-distributed-task.task');
    const named = tasks.map(({ properties }: { properties: { name: string } }) => properties.name);
    expect(named).toEqual(runs.map(([name]) => name));
    expect(files.map(({ path }: { path: string }) => path)).toEqual(named);
    const [connection] = contributions.filter(({ type }: { type: string }) => type.endsWith('service-endpoint-type'));
    expect(connection.properties).toMatchObject({
      name: 'FedbridgeAws',
      authenticationSchemes: [{ type: 'ms.vss-endpoint.endpoint-auth-scheme-none' }],
      inputDescriptors: [
        { id: 'roleToAssume', isConfidential: false },
        { id: 'region', isConfidential: false },
      ],
    });
    const task = JSON.parse(readFileSync(join(unpacked, 'FedbridgeAwsCredentials', 'task.json'), 'utf8'));
    expect(task.inputs).toContainEqual(
      expect.objectContaining({ name: 'awsConnection', type: `connectedService:${connection.properties.name}` }),
    );
  });
});
