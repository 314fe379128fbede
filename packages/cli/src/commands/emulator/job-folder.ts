import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@fedbridge/core';
import { platformFolders, platformVariables } from '@fedbridge/emulator';
import type { Job } from './workbench.ts';

/** Where a job runs: its temp folder, its files, and the variables that name them. */
export interface JobFolder {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes it. @param workspace - the folder that the command runs in */
export async function makeJobFolder(job: Job, workspace: string): Promise<JobFolder> {
  const path = await mkdtemp(join(tmpdir(), 'fedbridge-job-'));
  const temp = await mkdtemp(join(path, 'temp-'));
  const variables = await folders[job.platform]({ path, temp, workspace, job: job.environment });
  return {
    path,
    environment: {
      ...variables,
      // Nobody's own profiles: a command that is to run as a job shall not run as who started it.
      AWS_CONFIG_FILE: join(path, 'aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(path, 'aws-credentials'),
      AZURE_CONFIG_DIR: join(path, 'azure'),
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

interface Place {
  readonly path: string;
  readonly temp: string;
  readonly workspace: string;
  readonly job: Job['environment'];
}

const systems: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

const folders = {
  /** Source: GitHub Docs, "Variables reference". */
  async github({ path, temp, workspace }: Place) {
    const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'];
    const named = files.map((name) => [name, join(path, name.toLowerCase())] as const);
    await Promise.all(named.map(([, file]) => writeFile(file, '')));
    const event = join(path, 'event.json');
    await writeFile(event, '{}');
    return {
      ...Object.fromEntries(named),
      GITHUB_EVENT_PATH: event,
      GITHUB_WORKSPACE: workspace,
      RUNNER_ARCH: arch().toUpperCase(),
      RUNNER_ENVIRONMENT: 'github-hosted',
      RUNNER_OS: systems[platform()] ?? 'Linux',
      RUNNER_TEMP: temp,
    };
  },
  /**
   * Of a script that maps the job's own token, and of AzureCLI@2 where the job refers to a connection.
   * Sources: Microsoft Learn, "Predefined variables"; microsoft/azure-pipelines-tasks, AzureCLIV2.
   */
  async 'azure-pipelines'({ temp, workspace, job }: Place) {
    const [id] = Object.keys(job).flatMap((name) => /^ENDPOINT_DATA_([\da-f-]{36})_/i.exec(name)?.[1] ?? []);
    const of = (name: string) => job[`ENDPOINT_AUTH_PARAMETER_${id}_${name}`] ?? '';
    const connection = {
      AZURESUBSCRIPTION_CLIENT_ID: of('SERVICEPRINCIPALID'),
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: id ?? '',
      AZURESUBSCRIPTION_TENANT_ID: of('TENANTID'),
    };
    return {
      AGENT_OS: systems[platform()] ?? 'Linux',
      AGENT_TEMPDIRECTORY: temp,
      BUILD_SOURCESDIRECTORY: workspace,
      SYSTEM_ACCESSTOKEN: job.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '',
      SYSTEM_DEFAULTWORKINGDIRECTORY: workspace,
      ...(id === undefined ? {} : connection),
    };
  },
  async 'aws-administrator'() {
    return {};
  },
  ...platformFolders,
} as const;

/** Variables by which a command would be another job, or somebody with credentials of their own. */
const ofOthers = [
  ...Object.values(platformVariables),
  /^(CI|GITHUB_.*|ACTIONS_.*|RUNNER_.*|TF_BUILD|SYSTEM_.*|AGENT_.*|BUILD_.*|ENDPOINT_.*|SECRET_.*|AWS_.*|AZURE_.*|AZURESUBSCRIPTION_.*|ARM_.*|IDENTITY_.*|MSI_.*|GOOGLE_.*|CLOUDSDK_.*|VAULT_.*|https?_proxy|all_proxy|no_proxy)$/i,
];

/** What is left of an environment for a job. */
export function withoutOthers(environment: Environment): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !ofOthers.some((one) => one.test(entry[0])),
  );
  return Object.fromEntries(kept);
}
