import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { printed, runCommand } from './cli.ts';
import { filesBelow } from './files.ts';
import type { Variables } from './process.ts';
import type { Ended } from './run-node.ts';
import { ids, region, role } from './setup.ts';

export type GitLabJob = NonNullable<Parameters<Emulator['platforms']['gitLab']['startJob']>[0]>;

export const project = 'acme/shop/web';

/** What a job is given that has both clouds to sign in to. */
export const bothTokens = {
  AWS_ID_TOKEN: { aud: 'sts.amazonaws.com' },
  AZURE_ID_TOKEN: { aud: 'api://AzureADTokenExchange' },
} as const;

/** A GitLab that a role and an application trust, by what `fedbridge trust` writes for a branch. */
export class GitLabWorld implements AsyncDisposable {
  readonly emulator: Emulator;
  /** A file with the CA of all that is emulated. */
  readonly ca: string;

  private constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.ca = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
    writeFileSync(this.ca, emulator.ca ?? '');
  }

  static async start(): Promise<GitLabWorld> {
    return new GitLabWorld(await startEmulator({ tls: true, setup }));
  }

  /** Runs a command as a script of a job does. */
  async run(job: GitLabJob, args: readonly string[], issuer?: string): Promise<JobRun> {
    const { environment, masked } = await this.emulator.platforms.gitLab.startJob(job, issuer);
    const home = mkdtempSync(join(tmpdir(), 'job-'));
    const given = { ...environment, NODE_EXTRA_CA_CERTS: this.ca };
    const ended = await runCommand(args, given, home);
    return {
      ...ended,
      environment: given,
      home,
      files: filesBelow(home),
      masked: masked.map((name) => environment[name] ?? ''),
    };
  }

  readonly aws = (...more: readonly string[]) => [
    ...['aws-credentials', '--role-to-assume', role, '--aws-region', region, '--sts-endpoint', this.emulator.urls.sts],
    ...more,
  ];

  readonly entra = (...more: readonly string[]) => [
    ...['token', '--resource', 'graph', '--client-id', ids.app, '--tenant-id', ids.tenant],
    ...['--authority-host', this.emulator.urls.entra, ...more],
  ];

  [Symbol.asyncDispose](): Promise<void> {
    return this.emulator.close();
  }
}

interface JobRun extends Ended {
  readonly environment: Variables;
  readonly home: string;
  /** What there is in the home of its user afterwards. */
  readonly files: readonly string[];
  /** What the runner hides in the job's log. */
  readonly masked: readonly string[];
}

function setup(urls: EmulatorUrls): Setup {
  const written = (args: readonly string[]) => JSON.parse(printed(['trust', ...args], tmpdir()));
  const gitLab = ['--gitlab', project, '--branch', 'main', '--issuer', urls.gitLab];
  const byId = ['--gitlab', project, '--branch', 'main', '--project-id', '57382910', '--issuer', urls.gitLab];
  const published = ['--gitlab', project, '--branch', 'main', '--issuer', `${urls.gitLab}/published`];
  const aws = [gitLab, byId, published].map((job) => written(['aws', ...job, '--account', ids.account]));
  const [{ provider }, , { provider: elsewhere }] = aws;
  return {
    accounts: [
      {
        id: ids.account,
        oidcProviders: [
          { url: provider.Url, clientIds: [...provider.ClientIDList, 'https://gitlab.example.com'] },
          { url: elsewhere.Url, clientIds: elsewhere.ClientIDList },
        ],
        roles: [
          {
            name: 'deploy',
            trustPolicy: {
              Version: '2012-10-17',
              Statement: aws
                .flatMap(({ trustPolicy }) => trustPolicy.Statement)
                .map((one: { Sid: string }, index) => ({ ...one, Sid: `${one.Sid}${index}` })),
            },
          },
        ],
      },
    ],
    tenants: [
      {
        id: ids.tenant,
        applications: [
          { clientId: ids.app, federatedCredentials: [gitLab, byId].map((job) => written(['entra', ...job])) },
        ],
      },
    ],
  };
}
