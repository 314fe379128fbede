import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultIdentityFiles } from '@fedbridge/aws/profiles';
import { type Environment, readSmallFile } from '@fedbridge/core';
import { shadowing } from '@fedbridge/steps/shadowing';
import { fileVariables } from '../../job-token.ts';
import type { Finding } from './report.ts';

const { aws, azure } = shadowing;

/** Something of this machine that tools of a cloud take before what Fedbridge gives them. */
interface Shadow {
  readonly severity: 'warning' | 'note';
  readonly names: readonly string[];
  /** What they do, after their names. */
  readonly what: string;
  /** What to do where it is not just to unset them. */
  readonly fix?: string;
}

/**
 * Variables and files that tools of the clouds take before what Fedbridge gives them. Of variables the names alone are told.
 *
 * @param isInFiles - whether the identity's tokens are in files, whose variables are none of them
 */
export async function shadowsHere(environment: Environment, isInFiles: boolean): Promise<readonly Finding[]> {
  const files = await Promise.all([defaultProfiles(environment), azureLogins(environment), googleDefault(environment)]);
  const own: readonly string[] = isInFiles ? Object.values(fileVariables) : [];
  return [...variables(environment), ...files.flat()]
    .map((one) => ({ ...one, names: one.names.filter((name) => !own.includes(name)) }))
    .filter(({ names }) => names.length > 0)
    .map(({ severity, names, what, fix }) => ({
      ...{ severity, about: 'shadow', code: null, answer: null, names },
      message: `${names.join(', ')} ${what}`,
      fix:
        fix ??
        `Remove ${names.length === 1 ? 'it' : 'them'} from the job, or before the tool: unset ${names.join(' ')}`,
    }));
}

/** Sources: as the lists of the steps; Google Cloud, "How Application Default Credentials works"; gcloud, "gcloud topic configurations". */
function variables(environment: Environment): readonly Shadow[] {
  const here = (names: readonly string[]) => names.filter((name) => environment[name]);
  const isSession = Boolean(environment.AWS_SESSION_TOKEN);
  return [
    {
      severity: isSession ? 'note' : 'warning',
      names: here(aws.keys),
      what: isSession
        ? 'are session credentials, which AWS SDKs take before any profile. Fedbridge may have set them, earlier in the job.'
        : 'are keys, which AWS SDKs take before any profile, and without a session token they live until somebody ends them.',
    },
    {
      severity: 'warning',
      names: here([aws.expiry]),
      what: 'says when other keys expire; botocore uses none after it.',
    },
    {
      severity: 'warning',
      names: here([aws.webIdentity]),
      what: 'names a token file, which AWS SDKs exchange for another role before they read a profile.',
    },
    {
      severity: 'note',
      names: here(aws.container),
      what: "lead AWS SDKs to a container's credentials where no profile is.",
    },
    {
      severity: 'note',
      names: here(['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']),
      what: 'names a profile that AWS tools use; SDK 3 for JavaScript takes it before keys of the environment.',
    },
    {
      severity: 'warning',
      names: here(azure.environmentCredential),
      what: 'is for EnvironmentCredential, which comes first in DefaultAzureCredential.',
    },
    {
      severity: 'warning',
      names: here(azure.terraform),
      what: 'is taken by the Terraform providers of Azure in the place of an ID token.',
    },
    {
      severity: 'warning',
      names: here(['AZURE_FEDERATED_TOKEN_FILE']),
      what: 'names a token file, which WorkloadIdentityCredential takes before a managed identity and the Azure CLI.',
    },
    {
      severity: 'note',
      names: here(azure.otherMachines),
      what: 'turn Azure SDKs to another managed identity endpoint.',
    },
    { severity: 'note', names: here(['AZURE_TOKEN_CREDENTIALS']), what: 'chooses what DefaultAzureCredential takes.' },
    {
      severity: 'note',
      names: here(['AZURE_CONFIG_DIR']),
      what: 'is where the Azure CLI keeps its logins: it is somebody else there than elsewhere on this machine.',
    },
    {
      severity: 'warning',
      names: here(['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CREDENTIALS', 'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE']),
      what: "is taken before all other credentials by Google Cloud's libraries and tools.",
    },
  ];
}

async function defaultProfiles(environment: Environment): Promise<readonly Shadow[]> {
  const names = await defaultIdentityFiles(environment);
  const what =
    'has, or may have, a default profile with credentials, which AWS tools take where nothing else is named.';
  const fix =
    'Name the profile that is meant (--profile, AWS_PROFILE), or point AWS_SHARED_CREDENTIALS_FILE elsewhere.';
  return [{ severity: 'warning', names: [...new Set(names)], what, fix }];
}

const readingMs = 2_000;

/** Source: Azure CLI, `azureProfile.json`. */
async function azureLogins({ AZURE_CONFIG_DIR, HOME, USERPROFILE }: Environment): Promise<readonly Shadow[]> {
  const folder = AZURE_CONFIG_DIR || ((HOME || USERPROFILE) && join(HOME || USERPROFILE || '', '.azure'));
  if (!folder) return [];
  const path = join(folder, 'azureProfile.json');
  const file = await readSmallFile(path, { withinMs: readingMs, mostBytes: 1024 * 1024 }).catch(() => undefined);
  const isLoggedIn = /"subscriptions"\s*:\s*\[\s*\{/.test(file?.toString('utf8') ?? '');
  const what = 'has a login of the Azure CLI, which "az" uses, and DefaultAzureCredential where nothing else is.';
  const fix = 'Log in as the job with "az login --federated-token", or take another folder: AZURE_CONFIG_DIR.';
  return isLoggedIn ? [{ severity: 'note', names: [path], what, fix }] : [];
}

/** Source: Google Cloud, "How Application Default Credentials works". */
async function googleDefault(environment: Environment): Promise<readonly Shadow[]> {
  const { CLOUDSDK_CONFIG, APPDATA, HOME } = environment;
  const folder = CLOUDSDK_CONFIG || (APPDATA ? join(APPDATA, 'gcloud') : HOME && join(HOME, '.config', 'gcloud'));
  if (!folder) return [];
  const path = join(folder, 'application_default_credentials.json');
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  const what = "has Application Default Credentials, which Google Cloud's libraries take where nothing else is named.";
  const fix = 'End that login with "gcloud auth application-default revoke", or name what is meant.';
  return isThere ? [{ severity: 'note', names: [path], what, fix }] : [];
}
