import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commonConditionKeys, conditionKeysOf, gitHub, gitHubIssuer, trustActions } from '@fedbridge/issuers';
import { credentialLimits } from '@fedbridge/trust';
import type { Address, Source } from './compare.ts';
import {
  actionFactsOf,
  algorithmsOf,
  claimsOf,
  entraLimitsOf,
  releaseOf,
  roleActionsOf,
  taskFactsOf,
  webIdentityKeysOf,
} from './facts.ts';

const root = join(import.meta.dirname, '..', '..');
const raw = 'https://raw.githubusercontent.com';
const stored = (path: string) => readFileSync(join(root, path), 'utf8');

const discovery = {
  address: { url: `${gitHubIssuer}/.well-known/openid-configuration` },
  copy: 'test/drift/answers/github-discovery.json',
};
const serviceReference = {
  address: { url: 'https://servicereference.us-east-1.amazonaws.com/v1/sts/sts.json' },
  copy: 'test/drift/answers/aws-sts.json',
};

/** Where no package has a fact, the vendor's answer as it was last taken is what the project has. */
export const sources: readonly Source[] = [
  {
    ...discovery,
    title: 'GitHub, claims',
    read: claimsOf,
    ours: () => gitHub.claims,
    held: 'packages/issuers/src/github-subject-claims.ts',
  },
  {
    ...discovery,
    title: 'GitHub, algorithms',
    read: algorithmsOf,
    ours: () => algorithmsOf(stored(discovery.copy)),
    held: 'packages/emulator/src/server/token-issuer.ts',
  },
  {
    ...serviceReference,
    title: 'AWS STS, actions on a role',
    read: roleActionsOf,
    ours: () => [...trustActions.assuming, ...trustActions.beside],
    held: 'packages/issuers/src/aws.ts',
  },
  {
    ...serviceReference,
    title: 'AWS STS, condition keys of a web identity',
    read: (answer) => webIdentityKeysOf(answer).filter(isNotCommon),
    ours: () => keysHere(webIdentityKeysOf(stored(serviceReference.copy))),
    held: 'packages/issuers/src, `conditionKeys` of each issuer; of `aws:` and `sts:` packages/trust',
    apart: {
      'idcs-${OciUniqueIdentifier}.identity.oraclecloud.com:rpst_id':
        'of an issuer that is not known here, whose keys may all be filled',
    },
  },
  {
    title: 'Entra, limits of federated credentials',
    address: {
      url: `${raw}/MicrosoftDocs/entra-docs/HEAD/docs/workload-id/includes/federated-credential-configuration-considerations.md`,
    },
    copy: 'test/drift/answers/entra-limits.md',
    read: entraLimitsOf,
    ours: () => {
      const { perIdentity, letters, shortestName, longestName } = credentialLimits;
      const ofMembers = ['issuer', 'subject'].map((member) => `letters of ${member} = ${letters}`);
      return [
        `federated credentials = ${perIdentity}`,
        ...ofMembers,
        `letters of name = ${shortestName}-${longestName}`,
      ];
    },
    held: 'packages/trust/src/credential-form.ts',
  },
  peer('configure-aws-credentials', {
    address: { newestRelease: 'aws-actions/configure-aws-credentials', file: 'action.yml' },
    copy: 'test/peers/configure-aws-credentials/action.yml',
    read: actionFactsOf,
  }),
  peer('azure-login', {
    address: { newestRelease: 'Azure/login', file: 'action.yml' },
    copy: 'test/peers/azure-login/action.yml',
    read: actionFactsOf,
  }),
  // Tasks have no releases: what is on the branch is deployed.
  ...['AzureCLIV2', 'AzureCLIV3'].map((task) =>
    peer('azure-cli-task', {
      title: task,
      address: { url: `${raw}/microsoft/azure-pipelines-tasks/HEAD/Tasks/${task}/task.json` },
      copy: `test/peers/azure-cli/${task}.json`,
      read: taskFactsOf,
    }),
  ),
  // Of more than twenty tasks: the version says that some of them are to be looked at.
  {
    title: 'AWS Toolkit for Azure DevOps, newest release',
    address: { newestRelease: 'aws/aws-toolkit-azure-devops' },
    copy: 'test/drift/answers/aws-toolkit-release.txt',
    read: releaseOf,
    ours: () => versionsIn('test/peers/README.md', /\[aws\/aws-toolkit-azure-devops\]\S+ +\| (v\S+),/),
    held: 'test/peers/aws-toolkit, docs/migrate/aws-toolkit-for-azure-devops.md',
  },
  {
    title: 'KEDA, newest release',
    address: { newestRelease: 'kedacore/keda' },
    copy: 'test/drift/answers/keda-release.txt',
    read: releaseOf,
    ours: () => [
      ...versionsIn('test/real/keda/go.mod', /^\s*github\.com\/kedacore\/keda\/v2 (v\S+)/m),
      ...versionsIn('docs/agents-on-kubernetes.md', /helm install keda kedacore\/keda .*--version (\S+)/),
    ],
    held: 'test/real/keda/go.mod, docs/agents-on-kubernetes.md',
  },
];

interface Peer {
  readonly title?: string;
  readonly address: Address;
  readonly copy: string;
  readonly read: Source['read'];
}

/** A manifest of somebody else's that a migration page is about: `test/docs/migrate.test.ts` holds the page against the copy. */
function peer(page: string, { title = page, copy, read, address }: Peer): Source {
  return { title, address, copy, read, ours: () => read(stored(copy)), held: `${copy}, docs/migrate/${page}.md` };
}

/**
 * The keys that packages have, in AWS's notation, for the issuers that AWS names.
 *
 * @param named - the keys as AWS last had them, whose beginnings say which issuers these are
 */
function keysHere(named: readonly string[]): readonly string[] {
  const prefixes = [...new Set(named.map((key) => key.slice(0, key.indexOf(':'))))];
  const ofIssuers = prefixes.filter((prefix) => prefix.includes('.'));
  const ofRequests = named.filter((key) => !ofIssuers.some((prefix) => key.startsWith(`${prefix}:`)));
  return [
    ...ofRequests,
    ...ofIssuers.flatMap((prefix) => conditionKeysOf(exampleUrl(prefix)).map(({ name }) => `${prefix}:${name}`)),
  ].filter(isNotCommon);
}

/** Of an issuer that AWS names with placeholders. */
function exampleUrl(prefix: string): string {
  const path = prefix.replace(/\$\{(\w+)\}/g, (_all, name) =>
    name.endsWith('Id') ? '11111111-1111-4111-8111-111111111111' : 'octo',
  );
  return `https://${path}`;
}

/** Those that every issuer has are listed for some alone. */
function isNotCommon(key: string): boolean {
  return !commonConditionKeys.some(({ name }) => key.endsWith(`:${name}`));
}

/** The version that a file names, with the `v` of a release. */
function versionsIn(path: string, place: RegExp): readonly string[] {
  const [, version] = place.exec(stored(path)) ?? [];
  if (version === undefined) throw new Error(`${path} names no version where it did`);
  return [version.replace(/^v?/, 'v')];
}
