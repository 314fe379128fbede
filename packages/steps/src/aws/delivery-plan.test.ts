import { type AdmittedCredentials, AwsCredentials } from '@fedbridge/aws';
import {
  fileVariables,
  hasDefaultIdentity,
  parseProfileName,
  renderProfiles,
  sharedFiles,
} from '@fedbridge/aws/profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledCount } from '../../../../test/harness/sampled.ts';
import { clients, type World } from './clients.model.ts';
import { planDelivery, type WantedDelivery } from './delivery-plan.ts';

const credentialsOf = (who: string) =>
  new AwsCredentials(
    { accessKeyId: who, secretAccessKey: `${who}-secret`, sessionToken: `${who}-token` },
    { role: { arn: `arn:${who}`, accountId: '123456789012' }, expiresAt: 1, presented: undefined },
  ) as AdmittedCredentials;
const roles = ['plan', 'apply'] as const;
const kept: WantedDelivery['kept'] = {
  variables: (name) => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: name ?? 'step',
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/broker/authorization',
  }),
  endsAt: 0,
  process: (name) => name ?? 'step',
  secretVariables: { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'authorization' },
};

/** Every delivery that inputs can ask for. */
const wantedWhere = (secretVariablesReachScripts: boolean) =>
  fc
    .record({
      main: fc.boolean(),
      named: fc.boolean(),
      inEnvironment: fc.boolean(),
      profile: fc.constantFrom(undefined, parseProfileName('ci'), parseProfileName('default')),
      asSecretVariables: secretVariablesReachScripts ? fc.constant(false) : fc.boolean(),
      unsetCurrent: fc.boolean(),
      keepFresh: fc.boolean(),
    })
    .filter(({ main, named, profile }) => (main || named) && (main || profile === undefined))
    .map(({ main, named, keepFresh, ...others }) => ({
      ...others,
      region: 'eu-central-1',
      kept: keepFresh ? kept : undefined,
      acquired: [
        ...(main ? [{ name: undefined, credentials: credentialsOf('step') }] : []),
        ...(named ? roles.map((name) => ({ name: parseProfileName(name), credentials: credentialsOf(name) })) : []),
      ],
    }));

const home = '/home/runner';
const windowsHome = '/mnt/c/Users/runner';
const here = (name: string, value: string) => fc.constantFrom({}, { [name]: value });
const section = (header: string, line: string) => `[${header}]\n${line}\n`;
const identities = fc.constantFrom(
  'aws_access_key_id = file',
  'AWS_ACCESS_KEY_ID = file',
  'aws_access_key_id: file',
  'credential_process = file',
  'web_identity_token_file = file',
  'region = eu-west-1',
);
const file = fc
  .array(fc.tuple(fc.constantFrom('default', 'profile default', 'corp', 'profile corp'), identities), { maxLength: 2 })
  .map((sections) => sections.map(([header, line]) => section(header, line)).join(''));

/** Machines of public bug reports, in all combinations. */
const machine = fc
  .record({
    environment: fc
      .tuple(
        here('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/pod'),
        here('AWS_WEB_IDENTITY_TOKEN_FILE', 'pod'),
        here('AWS_PROFILE', 'corp'),
        here('AWS_DEFAULT_PROFILE', 'corp'),
        here('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'task'),
        here('AWS_CONTAINER_CREDENTIALS_FULL_URI', 'agent'),
        here('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'x'),
        fc.constantFrom({}, { AWS_ACCESS_KEY_ID: 'keys', AWS_SECRET_ACCESS_KEY: 'x' }),
        fc.constantFrom({}, { AWS_ACCESS_KEY: 'other-keys', AWS_SECRET_KEY: 'x' }),
        fc.constantFrom({}, { AMAZON_ACCESS_KEY_ID: 'amazon-keys', AMAZON_SECRET_ACCESS_KEY: 'x' }),
        here('AWS_SECURITY_TOKEN', 'old'),
        here('AWS_CREDENTIAL_EXPIRATION', '2020-01-01T00:00:00Z'),
        here('AWS_SDK_LOAD_CONFIG', '1'),
        fc.constantFrom(
          {},
          { AWS_SHARED_CREDENTIALS_FILE: '$HOME/keys' },
          { AWS_SHARED_CREDENTIALS_FILE: '~/keys' },
          { AWS_SHARED_CREDENTIALS_FILE: '/etc/keys', AWS_CONFIG_FILE: '/etc/config' },
        ),
        fc.constantFrom({ HOME: home }, { HOME: home, USERPROFILE: windowsHome }),
      )
      .map((parts): Record<string, string> => Object.assign({}, ...parts)),
    files: fc.dictionary(
      fc.constantFrom(
        ...[`${home}/.aws/credentials`, `${home}/.aws/config`, `${windowsHome}/.aws/credentials`],
        ...[`${home}/keys`, '$HOME/keys', '~/keys', '/etc/keys', '/etc/config'],
      ),
      file,
    ),
    hasBoto: fc.boolean(),
  })
  .map(
    ({ environment, files, hasBoto }): World => ({
      environment,
      files: new Map([
        ...Object.entries(files),
        ...(hasBoto ? [[`${home}/.boto`, 'aws_access_key_id = boto'] as const] : []),
      ]),
      home,
    }),
  );

/** The machine as later steps find it. */
async function deliverTo(world: World, want: WantedDelivery, secretVariablesReachScripts: boolean) {
  const { environment, files } = world;
  const readFrom = async (path: string) => files.get(path) ?? '';
  const plan = planDelivery(want, {
    environment,
    hasDefaultIdentity: await hasDefaultIdentity(environment, readFrom),
    secretVariablesReachScripts,
  });
  const users = sharedFiles(environment);
  const paths = plan.files === 'own' ? { credentials: '/temp/credentials', config: '/temp/config' } : users;
  const others = { credentials: files.get(users.credentials) ?? '', config: files.get(users.config) ?? '' };
  const texts = renderProfiles(plan.profiles, others);
  const isWritten = plan.profiles.length > 0;
  const later: World = {
    ...world,
    environment: {
      ...environment,
      ...plan.variables,
      ...(secretVariablesReachScripts ? plan.secretVariables : {}),
      ...(isWritten && plan.showsFiles ? fileVariables(paths) : {}),
    },
    files: isWritten
      ? new Map([...files, [paths.credentials, texts.credentials], [paths.config, texts.config]])
      : files,
  };
  return { later, plan };
}

const names = Object.keys(clients);
const askAll = (world: World, variables: Record<string, string> = {}) =>
  Object.fromEntries(
    names.map((name) => [name, clients[name]?.({ ...world, environment: { ...world.environment, ...variables } })]),
  );
const everybody = (who: string) => Object.fromEntries(names.map((name) => [name, who]));

describe.each([
  ['where secret variables reach scripts', true],
  ['where they do not', false],
])('%s, on any machine, whatever is delivered', (_title, reach) => {
  const wanted = wantedWhere(reach);
  /** Keys of the machine under the names of secret variables: neither can be emptied, and the step says so. */
  const saysSo = (texts: readonly string[]) => texts.some((text) => text.includes('may reach scripts that do not map'));

  it('every client that names no profile takes the identity of the step', async () => {
    const shown = wanted.filter(({ inEnvironment, acquired }) => inEnvironment && acquired[0]?.name === undefined);
    await fc.assert(
      fc.asyncProperty(machine, shown, async (world, want) => {
        const { later, plan } = await deliverTo(world, want, reach);
        if (!saysSo(plan.warnings)) expect(askAll(later)).toEqual(everybody('step'));
      }),
      { numRuns: sampledCount(5_000) },
    );
  });

  it('every client that names a role by AWS_PROFILE takes that role, or the step says which do not', async () => {
    const named = wanted.filter(({ acquired }) => acquired.length > 1);
    await fc.assert(
      fc.asyncProperty(machine, named, fc.constantFrom(...roles), async (world, want, role) => {
        const { later, plan } = await deliverTo(world, want, reach);
        if (saysSo(plan.warnings)) return;
        const answers = askAll(later, { AWS_PROFILE: role });
        const toldOf = plan.warnings.some((text) => text.includes('AWS_DEFAULT_PROFILE')) ? ['botocore, AWS CLI'] : [];
        for (const name of names.filter((one) => !toldOf.includes(one)))
          expect([name, answers[name]]).toEqual([name, role]);
        expect(askAll(later, { AWS_PROFILE: role, AWS_DEFAULT_PROFILE: role })).toEqual(everybody(role));
      }),
      { numRuns: sampledCount(5_000) },
    );
  });

  it('a delivery of nothing but a profile changes no variable, and says what will be taken before it', async () => {
    const quiet = wanted.filter(
      ({ inEnvironment, acquired, unsetCurrent }) => !inEnvironment && acquired.length === 1 && !unsetCurrent,
    );
    await fc.assert(
      fc.asyncProperty(machine, quiet, async (world, want) => {
        const { later, plan } = await deliverTo(world, { ...want, asSecretVariables: false }, reach);
        if (want.acquired[0]?.name !== undefined) return;
        expect({ ...plan.variables, ...plan.secretVariables, showsFiles: plan.showsFiles }).toEqual({
          showsFiles: false,
        });
        if (want.profile === undefined) return;
        const { AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE } = later.environment;
        const isShadowed = AWS_ACCESS_KEY_ID ?? AWS_WEB_IDENTITY_TOKEN_FILE;
        if (isShadowed !== undefined) expect(plan.warnings.join()).toContain('will be taken before AWS_PROFILE');
      }),
    );
  });
});

it('the user has their own profiles still, in whatever files the step names', async () => {
  const files = new Map([[`${home}/.aws/credentials`, section('corp', 'aws_access_key_id = corp')]]);
  const want = fc.sample(
    wantedWhere(true).filter(({ acquired, profile }) => acquired.length > 1 && !profile),
    20,
  );
  for (const one of want) {
    const { later } = await deliverTo({ environment: { HOME: home }, files, home }, one, true);
    expect(askAll(later, { AWS_PROFILE: 'corp' })).toEqual(everybody('corp'));
  }
});

it('a machine with nothing on it is left as simple as it is', async () => {
  const world: World = { environment: { HOME: home }, files: new Map(), home };
  const simple = {
    acquired: [{ name: undefined, credentials: credentialsOf('step') }],
    region: 'eu-central-1',
    inEnvironment: true,
    profile: undefined,
    asSecretVariables: false,
    unsetCurrent: false,
    kept: undefined,
  };
  const plain = (await deliverTo(world, simple, true)).plan;
  expect(Object.keys({ ...plain.secretVariables, ...plain.variables })).toEqual([
    ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION', 'AWS_DEFAULT_REGION'],
  ]);
  expect(plain.profiles).toEqual([]);
  const fresh = (await deliverTo(world, { ...simple, kept }, true)).plan;
  expect(Object.keys(fresh.variables)).toEqual([
    ...[
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
    ],
  ]);
  expect(Object.keys(fresh.secretVariables)).toEqual(['AWS_CONTAINER_AUTHORIZATION_TOKEN']);
  expect(fresh.profiles).toEqual([]);
});
