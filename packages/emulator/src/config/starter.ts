import type { JobPlatform } from './jobs.ts';

/** A configuration to begin with, and what one can try with it. */
export interface Starter {
  /** YAML. */
  readonly text: string;
  /** A job that is allowed a role. */
  readonly aws: { readonly job: string; readonly role: string };
  /** A job that is allowed an application of a tenant. */
  readonly entra?: { readonly job: string; readonly application: string; readonly tenant: string };
}

const account = '123456789012';
const role = `arn:aws:iam::${account}:role/deploy`;
const application = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
const tenant = '2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01';
const domain = 'contoso.onmicrosoft.com';
const organization = '0ca3ddd9-f0b0-4635-a98c-586652696105';
const connections = {
  prod: '4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08',
  test: '5e7f9a1b-3c4d-4e5f-9a6b-7c8d9e0f1a09',
} as const;

/** @param schema - the file that has its schema, beside it */
export function starterConfig(platform: JobPlatform, schema: string): Starter {
  const { text, aws, entra } = starters[platform];
  return {
    text: `${head(schema)}${text}`,
    aws: { job: aws, role },
    entra: { job: entra, application, tenant: domain },
  };
}

/** A trust policy of somebody's own, in a file, and what it says. */
export interface OwnPolicy {
  /** Its path, from where the configuration is. */
  readonly file: string;
  readonly account: string;
  readonly partition: string;
  readonly role: string;
  readonly provider: { readonly url: string; readonly clientIds: readonly string[] };
  /** The repository of GitHub that it is about, with the ids that are in its subject. */
  readonly repository: string;
  readonly ids?: { readonly owner: string; readonly repository: string } | undefined;
}

/** The same with a trust policy of somebody's own. Values are quoted: they come from a file. */
export function starterWithPolicy(policy: OwnPolicy, schema: string): Starter {
  const { provider, partition, ids } = policy;
  const job = (ref: string) =>
    JSON.stringify({
      repository: policy.repository,
      ref: `refs/heads/${ref}`,
      ...(ids ? { ownerId: ids.owner, repositoryId: ids.repository, immutableSubject: true } : {}),
    });
  return {
    text: `${head(schema)}accounts:
  - id: ${JSON.stringify(policy.account)}${partition === 'aws' ? '' : `\n    partition: ${partition}`}
    oidcProviders:
      - url: ${JSON.stringify(provider.url)}
        clientIds: ${JSON.stringify(provider.clientIds)}
    roles:
      - name: ${JSON.stringify(policy.role)}
        trustPolicy: ${JSON.stringify(policy.file)}

${jobsOf('main')}  main:
    github: ${job('main')}
  feature:
    github: ${job('feature')}
`,
    aws: { job: 'main', role: `arn:${partition}:iam::${policy.account}:role/${policy.role}` },
  };
}

const head = (schema: string) => `# yaml-language-server: $schema=./${schema}
# What the clouds have, and whom they trust: trust policies and federated credentials as they are in the real world.
`;

const jobsOf = (job: string) => `# Jobs by name, for: fedbridge emulator run --job ${job} -- <command>
jobs:
`;

/** A role whose trust policy names one subject. */
const trusting = (issuer: string, audience: string, subject: string) => `accounts:
  - id: "${account}"
    oidcProviders:
      - url: https://${issuer}
        clientIds: [${audience}]
    roles:
      - name: deploy
        # Or the path of a file: trustPolicy: trust-policy.json
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal:
                Federated: arn:aws:iam::${account}:oidc-provider/${issuer}
              Action: sts:AssumeRoleWithWebIdentity
              Condition:
                StringEquals:
                  ${issuer}:aud: ${audience}
                  ${issuer}:sub: ${subject}
`;

/** An application with one federated credential. */
const trustingCredential = (name: string, issuer: string, subject: string) => `
tenants:
  - id: ${tenant}
    domains: [${domain}]
    applications:
      - clientId: ${application}
        federatedCredentials:
          - name: ${name}
            issuer: ${issuer}
            subject: ${subject}
            audiences: [api://AzureADTokenExchange]
`;

const gitHubMain = 'repo:octo/app:ref:refs/heads/main';
const gitLabMain = 'project_path:acme/shop/web:ref_type:branch:ref:main';
const devOps = `vstoken.dev.azure.com/${organization}`;
/** Tenant, application (Azure DevOps itself), organization and connection. */
const connectionSubject = `/eid1/c/pub/t/jhxKLz17Uk6aEGyNXn-bAQ/a/rISbSSETf0KqFyZ8ppdXmA/sc/${organization}/${connections.prod}`;

/** Configurations by platform, and their jobs that AWS and Entra allow. */
const starters: Readonly<Record<JobPlatform, { readonly text: string; readonly aws: string; readonly entra: string }>> =
  {
    github: {
      aws: 'main',
      entra: 'main',
      text: `${trusting('token.actions.githubusercontent.com', 'sts.amazonaws.com', gitHubMain)}${trustingCredential(
        'github-main',
        'https://token.actions.githubusercontent.com',
        gitHubMain,
      )}
${jobsOf('main')}  main:
    github: { repository: octo/app, ref: refs/heads/main }
  feature:
    github: { repository: octo/app, ref: refs/heads/feature }
`,
    },
    'azure-pipelines': {
      aws: 'release',
      entra: 'azure-prod',
      text: `${trusting(devOps, 'api://AzureADTokenExchange', 'p://contoso/web/release')}${trustingCredential(
        'azure-prod',
        `https://login.microsoftonline.com/${tenant}/v2.0`,
        connectionSubject,
      )}
organizations:
  - name: contoso
    id: ${organization}
    projects:
      - name: web
        id: 271ef6f7-5998-4b0f-86fb-4b54d9129906
        pipelines: { release: "12", nightly: "13" }
        connections:
          - name: azure-prod
            id: ${connections.prod}
            issuer: entra
            tenantId: ${tenant}
            clientId: ${application}
          - name: azure-test
            id: ${connections.test}
            issuer: entra
            tenantId: ${tenant}
            clientId: ${application}

${jobsOf('release')}  # Without a service connection the ID token names the pipeline, with one it names the connection.
  release:
    azure-pipelines: { organization: contoso, project: web, pipeline: release }
  nightly:
    azure-pipelines: { organization: contoso, project: web, pipeline: nightly }
  azure-prod:
    azure-pipelines: { organization: contoso, project: web, pipeline: release, connections: [azure-prod] }
  azure-test:
    azure-pipelines: { organization: contoso, project: web, pipeline: release, connections: [azure-test] }
`,
    },
    gitlab: {
      aws: 'main',
      entra: 'main',
      text: `${trusting('gitlab.com', 'sts.amazonaws.com', gitLabMain)}${trustingCredential(
        'gitlab-main',
        'https://gitlab.com',
        gitLabMain,
      )}
${jobsOf('main')}  main:
    gitlab:
      project: { path: acme/shop/web }
      ref: main
      idTokens: { AWS_ID_TOKEN: { aud: sts.amazonaws.com }, AZURE_ID_TOKEN: { aud: api://AzureADTokenExchange } }
  feature:
    gitlab:
      project: { path: acme/shop/web }
      ref: feature
      idTokens: { AWS_ID_TOKEN: { aud: sts.amazonaws.com }, AZURE_ID_TOKEN: { aud: api://AzureADTokenExchange } }
`,
    },
  };
