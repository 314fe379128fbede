import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { System } from '@fedbridge/core';
import type { Emulator } from '@fedbridge/emulator';
import { bytesOf } from '../../packages/aws/src/profiles/bytes.ts';
import { readProfile } from '../../packages/aws/src/profiles/profiles.ts';
import { entry } from '../../packages/aws/src/profiles/section.ts';
import { filesBelow, textOf } from './files.ts';
import type { MemoryHost } from './memory-host.ts';
import type { Variables } from './process.ts';
import { region } from './setup.ts';

const userFiles: Variables = {
  '.aws/credentials':
    '# mine\n[default]\naws_access_key_id=AKIAMINE\naws_secret_access_key = x=y # z\n\n[corp]\naws_access_key_id = AKIACORP\naws_secret_access_key = corp',
  '.aws/config':
    '[default]\r\nregion = eu-west-1\r\n[profile corp]\r\ns3 =\r\n  max_queue_size = 1\r\n# mine\r\nregion = us-east-1\r\n',
  '.azure/azureProfile.json': '{"user": "mine"}',
  '.Azure/AzureRmContext.json': '{"user": "mine"}',
};

/** A user's home, which all jobs of one machine share. */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'home-'));

  constructor() {
    for (const [name, text] of Object.entries(userFiles)) {
      mkdirSync(join(this.path, name, '..'), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  /** What is in it, but for what is as it was. */
  changed(): Variables {
    const now = filesBelow(this.path).flatMap((name) => {
      const text = textOf(join(this.path, name));
      const isFolder = Object.keys(userFiles).some((file) => file.startsWith(`${name}/`));
      return isFolder || userFiles[name] === text ? [] : [[name, text]];
    });
    const gone = Object.keys(userFiles).filter((name) => textOf(join(this.path, name)) === '');
    return Object.fromEntries([...now, ...gone.map((name) => [name, 'gone'])]);
  }

  /** Stand-ins for `az` and `pwsh` that keep a login where the real ones do. */
  tools(): Partial<System> {
    return {
      hasProgram: async () => true,
      run: async ({ program, args, environment = {} }) => {
        if (program === 'pwsh') this.#connect(args.at(-1) ?? '');
        else if (args[0] === 'login') {
          const folder = environment.AZURE_CONFIG_DIR || join(this.path, '.azure');
          const file = args.find((arg) => arg.startsWith('@'))?.slice(1) ?? '';
          writeFileSync(join(folder, 'azureProfile.json'), textOf(file));
        }
        return { exitCode: 0, output: azureCloud };
      },
    };
  }

  /** By default contexts are saved for all sessions of the user. Source: Microsoft Learn, "Azure PowerShell context objects". */
  #connect(script: string): void {
    const isOwn = /Disable-AzContextAutosave -Scope Process.*Scope = 'Process'.*Connect-AzAccount/s.test(
      textOf(script),
    );
    if (!isOwn) writeFileSync(join(this.path, '.Azure', 'AzureRmContext.json'), script);
  }
}

const azureCloud = JSON.stringify({
  endpoints: { activeDirectory: 'https://login.microsoftonline.com', resourceManager: 'https://management.azure.com/' },
  suffixes: {},
});

/** Whom a later tool of a job acts as, by what the job has and what is on disk at the moment. */
export async function identitiesOf(host: MemoryHost, home: string, emulator: Emulator): Promise<readonly string[]> {
  const all = Object.fromEntries(
    host.delivered.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]),
  );
  const variable = (name: string) => all[`variable ${name}`] ?? '';
  const environment = { HOME: home, ...variablesOf(all) };
  const script = textOf(variable('FEDBRIDGE_AZURE_POWERSHELL'));
  const files = [
    variable('AZURE_FEDERATED_TOKEN_FILE'),
    variable('ARM_OIDC_TOKEN_FILE_PATH'),
    ...(variable('AZURE_CONFIG_DIR') ? [join(variable('AZURE_CONFIG_DIR'), 'azureProfile.json')] : []),
    ...(script ? [/ReadAllText\('(.*)'\)/.exec(script)?.[1] ?? ''] : []),
  ].filter((path) => path !== '');
  const profiles = new Set(profileNames(all));
  const keys = [
    ...(variable('AWS_ACCESS_KEY_ID') ? [keysIn(all)] : []),
    ...(all['output awsAccessKeyId'] ? [keysOf(all, 'output aws')] : []),
    ...(await Promise.all([...profiles].map((name) => keysOfProfile(name, environment)))),
    ...(variable('AWS_CONTAINER_CREDENTIALS_FULL_URI') ? [await keysFrom(environment)] : []),
  ];
  const arns = await Promise.all(keys.map((one) => whoIs(one, emulator)));
  const pat = variable('AZURE_DEVOPS_EXT_PAT');
  return [...arns, ...files.map((path) => readFileSync(path, 'utf8')), ...(pat ? [pat] : [])];
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const variablesOf = (all: Variables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (name.startsWith('variable ') ? [[name.slice(9), value]] : [])),
  );

/** The one that is chosen, and those that `roles` gives. */
function profileNames(all: Variables): string[] {
  const chosen = all['variable AWS_PROFILE'];
  const named = (all['variable AWS_SHARED_CREDENTIALS_FILE'] ?? '') === '' ? [] : ['named-one', 'named-two'];
  const file = textOf(all['variable AWS_SHARED_CREDENTIALS_FILE'] ?? '');
  return [...(chosen ? [chosen] : []), ...named.filter((name) => file.includes(`[${name}]`))];
}

function keysIn(all: Variables): Keys {
  return {
    accessKeyId: all['variable AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: all['variable AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: all['variable AWS_SESSION_TOKEN'] ?? '',
  };
}

function keysOf(all: Variables, prefix: string): Keys {
  return {
    accessKeyId: all[`${prefix}AccessKeyId`] ?? '',
    secretAccessKey: all[`${prefix}SecretAccessKey`] ?? '',
    sessionToken: all[`${prefix}SessionToken`] ?? '',
  };
}

async function keysOfProfile(name: string, environment: Variables): Promise<Keys> {
  const keys = await readProfile(name, environment);
  if (keys) return keys;
  const config = await bytesOf(environment.AWS_SHARED_CREDENTIALS_FILE ?? '');
  const command = entry(config, name, 'credential_process') ?? 'false';
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(stdout) as Record<string, string>;
  return { accessKeyId: AccessKeyId ?? '', secretAccessKey: SecretAccessKey ?? '', sessionToken: SessionToken ?? '' };
}

/** As AWS SDKs ask a container. */
async function keysFrom(environment: Variables): Promise<Keys> {
  const authorization = textOf(environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '');
  const answer = await fetch(environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '', { headers: { authorization } });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Record<string, string>;
  return { accessKeyId: AccessKeyId ?? '', secretAccessKey: SecretAccessKey ?? '', sessionToken: Token ?? '' };
}

const known = new Map<string, Promise<string>>();

/** @returns the role's name and the key's id, which each job has of its own */
function whoIs(keys: Keys, { urls }: Emulator): Promise<string> {
  const found = known.get(keys.accessKeyId) ?? ask(keys, urls.sts);
  known.set(keys.accessKeyId, found);
  return found;
}

async function ask(credentials: Keys, endpoint: string): Promise<string> {
  const client = new STSClient({ region, endpoint, credentials });
  try {
    const { Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return `${Arn.split('/')[1]} ${credentials.accessKeyId}`;
  } finally {
    client.destroy();
  }
}

/** A job whose machine goes away: the runner empties its temp folder before the next one. */
export function wipe(host: MemoryHost): void {
  rmSync(host.tempDirectory, { recursive: true, force: true });
}
