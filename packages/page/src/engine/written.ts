import { FedbridgeError } from '@fedbridge/core/error';
import { awsAudience } from '@fedbridge/issuers';
import {
  type AwsFormat,
  audiences,
  awsTrust,
  type Cloud,
  type EntraFormat,
  entraTrust,
  flexibleTrust,
  formatAwsTrust,
  formatEntraTrust,
  type JobKind,
  type JobNames,
  namedJob,
  needsExpression,
  parseRoleName,
  type TrustedJob,
} from '@fedbridge/trust';
import { type FieldName, type FormValues, fields, jobFields } from './fields.ts';

/** The document for a job, or why there is none. */
export type Written =
  | {
      readonly text: string;
      /** The policy or credential alone, as JSON. */
      readonly document: string;
      /** What it allows beside one kind of job. */
      readonly wider: string | undefined;
    }
  | { readonly problem: string };

/** @param form - with all that is needed filled in */
export function written(form: FormValues): Written {
  try {
    const cloud = form.cloud as Cloud;
    const audience = cloud === 'aws' ? awsAudience(form.partition) : audiences.entra;
    const job = namedJob(form.kind as JobKind, namesIn(form), { cloud, audience });
    return { ...(cloud === 'aws' ? atAws(job, form) : atEntra(job, form)), wider: job.wider };
  } catch (error) {
    if (error instanceof FedbridgeError) return { problem: inWordsOfForm(error) };
    throw error;
  }
}

/** What is said of the job, without what belongs to another kind. */
function namesIn(form: FormValues): JobNames {
  const said = jobFields(form).map((name) => [name, form[name].trim() === '' ? undefined : form[name].trim()] as const);
  const {
    refs,
    jobs = refs,
    ref,
    by,
    named,
    mutableSubject,
    ...names
  } = Object.fromEntries(said) as Partial<Record<FieldName, string | undefined>>;
  return {
    ...names,
    ...(jobs === undefined ? {} : { [jobs]: ref ?? true }),
    ...(by === undefined ? {} : { [by]: named }),
    ...(mutableSubject === undefined ? {} : { mutableSubject: true }),
  };
}

function atAws(job: TrustedJob, { account, role, partition, awsFormat }: FormValues) {
  if (!/^\d{12}$/.test(account.trim())) throw new FedbridgeError('INPUT_INVALID', 'An account has twelve digits.');
  const place = { account: account.trim(), partition, role: parseRoleName(role.trim() || 'deploy') };
  const trust = awsTrust(job, place);
  return {
    text: formatAwsTrust(trust, place, awsFormat as AwsFormat),
    document: JSON.stringify(trust.trustPolicy, null, 2),
  };
}

function atEntra(
  job: TrustedJob,
  { place, application, uniqueName, managedIdentity, resourceGroup, entraFormat }: FormValues,
) {
  const credential = needsExpression(job) ? flexibleTrust(job) : entraTrust(job);
  const on =
    place === 'managedIdentity'
      ? { managedIdentity: managedIdentity.trim(), resourceGroup: resourceGroup.trim() }
      : { application: application.trim() || '<client id>', uniqueName: uniqueName.trim() || undefined };
  return {
    text: formatEntraTrust(credential, on, entraFormat as EntraFormat),
    document: JSON.stringify([credential], null, 2),
  };
}

/** Messages name options of the command, and here they are fields. */
function inWordsOfForm({ message, detail }: FedbridgeError): string {
  const labels: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(fields).map(([name, { label }]) => [name, label])),
    ...Object.fromEntries(Object.entries(fields.jobs.choices ?? {})),
    ...Object.fromEntries(Object.entries(fields.by.choices ?? {})),
  };
  return [message, detail.hint]
    .filter(Boolean)
    .join(' ')
    .replace(/--([a-z]+(?:-[a-z]+)*)/g, (option, name: string) => {
      const label = labels[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
      return label === undefined ? option : `“${label}”`;
    });
}
