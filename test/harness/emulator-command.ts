import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCommand, runCommand, startCommand } from './cli.ts';
import { freePort } from './free-port.ts';
import { root, type Variables } from './process.ts';
import { ids } from './setup.ts';

/** An empty folder with the configuration that `init` writes, and what is added to it. */
export async function emulatorFolder(more = ''): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  const { stderr, exitCode } = await runCommand(['emulator', 'init'], {}, folder);
  if (exitCode !== 0) throw new Error(stderr);
  const file = join(folder, 'emulator.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}${more}`);
  return folder;
}

/** A pipeline with a service connection, as a configuration has it. */
export const azureConnection = `
organizations:
  - name: contoso
    id: ${ids.organization}
    projects:
      - name: web
        id: ${ids.project}
        pipelines: { release: "12" }
        connections:
          - { name: azure, id: ${ids.newConnection}, issuer: entra, tenantId: ${ids.tenant}, clientId: ${ids.app} }
`;

/** Ports that are free now, as the configuration has them. */
async function freePorts(names: readonly string[]): Promise<string> {
  const ports = await Promise.all(names.map(freePort));
  return `\nports: {${names.map((name, index) => `${name}: ${ports[index]}`).join(', ')}}\n`;
}

/** Of the page, the proxy and every service. */
export const allPorts = () => freePorts(portNames());

/** Whichever are free when it starts, for what need not be found by another command. */
export const anyPorts = () =>
  `\nports: {${portNames()
    .map((name) => `${name}: 0`)
    .join(', ')}}\n`;

function portNames(): readonly string[] {
  const text = readFileSync(join(root, 'docs', 'emulator.schema.json'), 'utf8');
  const { properties } = JSON.parse(text) as { properties: { ports: { properties: object } } };
  return Object.keys(properties.ports.properties);
}

/** An emulator that was started by the command. */
export interface StartedEmulator extends AsyncDisposable {
  readonly command: RunningCommand;
  /** Addresses by what is printed before them: `Page`, `sts`. */
  readonly urls: Readonly<Record<string, string>>;
}

/** Starts it, and waits until it says that it is served. @param args - of the command */
export async function startEmulatorCommand(
  folder: string,
  args: readonly string[] = ['--config', 'emulator.yaml'],
  environment: Variables = {},
): Promise<StartedEmulator> {
  const command = startCommand(['emulator', ...args], environment, folder);
  let printed = '';
  command.child.stdout?.on('data', (text: string) => {
    printed += text;
  });
  await command.says('read again when it changes');
  const rows = printed.split('\n').map((line) => line.split(/ +/) as [string, string]);
  return {
    command,
    urls: Object.fromEntries(rows),
    async [Symbol.asyncDispose]() {
      command.child.kill('SIGTERM');
      await command.ended;
    },
  };
}
