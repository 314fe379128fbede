import type { Cloud } from '@fedbridge/trust';

/** What a form asks of whoever wants a document. Every value is a text, empty where nothing is said. */
export type FormValues = Readonly<Record<FieldName, string>>;

/** A field of the form, as it is shown. */
export interface Field {
  readonly label: string;
  readonly placeholder?: string;
  readonly hint?: string;
  /** What can be chosen, by value. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Whether nothing can be written without it. */
  readonly isRequired?: true;
}

const known = {
  cloud: { label: 'For', choices: { aws: 'an AWS role', entra: 'an Entra application or managed identity' } },
  kind: {
    label: 'Jobs of',
    choices: {
      github: 'GitHub Actions',
      azurePipelines: 'Azure Pipelines',
      gitlab: 'GitLab CI/CD',
      serviceAccount: 'Kubernetes',
      subject: 'another subject',
    },
  },
  github: { label: 'Repository', placeholder: 'octo/app', isRequired: true },
  jobs: {
    label: 'Which jobs',
    choices: {
      branch: 'of a branch',
      tag: 'of a tag',
      environment: 'of an environment',
      pullRequest: 'of pull requests',
      anyRef: 'all: wider',
    },
  },
  ref: { label: 'Its name', placeholder: 'main', isRequired: true },
  ownerId: {
    label: "Owner's id",
    placeholder: '65001',
    hint: "Both ids, for immutable subjects: gh api repos/octo/app --jq '.owner.id, .id'",
  },
  repositoryId: { label: "Repository's id", placeholder: '724113' },
  mutableSubject: {
    label: 'Its subjects',
    choices: { '': 'have the ids', true: 'have no ids yet: they are tested beside' },
  },
  workflow: { label: 'Reusable workflow', placeholder: 'octo/flows/.github/workflows/deploy.yml@refs/heads/main' },
  azurePipelines: { label: 'Project', placeholder: 'contoso/web', isRequired: true },
  organizationId: { label: "Organization's id", placeholder: '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d', isRequired: true },
  by: { label: 'By', choices: { pipeline: 'a pipeline', connection: 'a service connection' } },
  named: { label: 'Its name', placeholder: 'release', isRequired: true },
  gitlab: { label: 'Project', placeholder: 'group/project', isRequired: true },
  refs: { label: 'Which jobs', choices: { branch: 'of a branch', tag: 'of a tag' } },
  projectId: { label: "Project's id", placeholder: '4217', hint: 'Where its subjects begin with that.' },
  serviceAccount: { label: 'Service account', placeholder: 'agents/azp', isRequired: true },
  subject: {
    label: 'Subject',
    hint: 'A service connection shows its own; of a managed identity it is the object id.',
    isRequired: true,
  },
  issuer: { label: 'Issuer', placeholder: 'https://…' },
  azp: {
    label: "Application that asks, or the identity's client id",
    hint: 'The azp of the token, which AWS compares.',
  },
  audience: { label: 'Audience', hint: 'The usual one without.' },
  account: { label: 'Account', placeholder: '123456789012', isRequired: true },
  role: { label: 'Role', placeholder: 'deploy' },
  partition: { label: 'Partition', choices: { aws: 'aws', 'aws-cn': 'aws-cn', 'aws-us-gov': 'aws-us-gov' } },
  awsFormat: {
    label: 'As',
    choices: { json: 'JSON', aws: 'commands of aws', terraform: 'Terraform', cloudformation: 'CloudFormation' },
  },
  place: { label: 'On', choices: { application: 'an application', managedIdentity: 'a managed identity' } },
  application: { label: 'Client id', placeholder: '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02' },
  uniqueName: { label: 'Unique name', isRequired: true },
  managedIdentity: { label: 'Managed identity', placeholder: 'agents', isRequired: true },
  resourceGroup: { label: 'Resource group', placeholder: 'ci', isRequired: true },
  entraFormat: { label: 'As', choices: { json: 'JSON', az: 'commands of az', terraform: 'Terraform', bicep: 'Bicep' } },
} as const satisfies Readonly<Record<string, Field>>;

/** One of `fields`. */
export type FieldName = keyof typeof known;

/** All fields of the form, by their names. */
export const fields: Readonly<Record<FieldName, Field>> = known;

/** Of choices the first. */
export const emptyForm = Object.fromEntries(
  Object.entries(fields).map(([name, { choices }]) => [name, choices ? (Object.keys(choices)[0] ?? '') : '']),
) as FormValues;

/** Whom a form is about, in order. */
export function jobFields({ kind, jobs }: FormValues): readonly FieldName[] {
  const ofKind: Readonly<Record<keyof typeof known.kind.choices, readonly FieldName[]>> = {
    github: [
      ...(['github', 'jobs'] as const),
      ...(jobs === 'pullRequest' || jobs === 'anyRef' ? [] : (['ref'] as const)),
      ...(['ownerId', 'repositoryId', 'mutableSubject', 'workflow', 'issuer', 'audience'] as const),
    ],
    azurePipelines: ['azurePipelines', 'organizationId', 'by', 'named', 'audience'],
    gitlab: ['gitlab', 'refs', 'ref', 'projectId', 'mutableSubject', 'issuer', 'audience'],
    serviceAccount: ['serviceAccount', 'issuer', 'audience'],
    subject: ['issuer', 'subject', 'azp', 'audience'],
  };
  return ofKind[kind as keyof typeof ofKind];
}

/** Where the document goes, and how it is written. */
export function placeFields({ cloud, place, entraFormat }: FormValues): readonly FieldName[] {
  if ((cloud as Cloud) === 'aws') return ['account', 'role', 'partition', 'awsFormat'];
  if (place === 'managedIdentity') return ['place', 'managedIdentity', 'resourceGroup', 'entraFormat'];
  return ['place', entraFormat === 'bicep' ? 'uniqueName' : 'application', 'entraFormat'];
}

/** What is still to be filled in. */
export function missingFields(form: FormValues): readonly FieldName[] {
  const isNeeded = (name: FieldName) =>
    fields[name].isRequired || (name === 'issuer' && (form.kind === 'serviceAccount' || form.kind === 'subject'));
  return [...jobFields(form), ...placeFields(form)].filter((name) => isNeeded(name) && form[name].trim() === '');
}
