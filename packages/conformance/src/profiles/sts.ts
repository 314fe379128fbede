import type { AwsAccount } from '@fedbridge/emulator';
import { sources } from '../cases/sources.ts';
import { emulated } from './emulated.ts';
import { post } from './post.ts';
import type { AskedTrust, Connection, Documented, Profile } from './profile.ts';

const account = '123456789012';
const nameOf = (issuer: string) => issuer.replace(/^https?:\/\//, '');
const providerOf = (issuer: string) => `arn:aws:iam::${account}:oidc-provider/${nameOf(issuer)}`;

const authorizedParty: Documented = {
  decision: 'accepted',
  why: 'STS takes azp, where it is there, for the audience: the condition on :aud is about azp, and the one on :oaud about aud.',
  source: sources.sts,
};
const asText: Documented = {
  decision: 'accepted',
  why: 'STS takes a time that is written as a text, if it is a whole number.',
  source: sources.sts,
};

/** AWS STS, `AssumeRoleWithWebIdentity`; the emulator's where no address is given. */
export const stsProfile: Profile = {
  name: 'sts',
  title: 'AWS STS',
  isEmulated: true,
  audience: () => 'sts.amazonaws.com',
  obstacle: ({ claims }) =>
    claims &&
    'Of an issuer that is not GitHub, GitLab or another that AWS knows, a trust policy sees the subject and the audience alone.',
  looksAtSubjects: true,
  setUp: (trusts) => ({ accounts: [accountOf(trusts)] }),
  async open(trusts, connection) {
    const own = await emulated(connection, { accounts: [accountOf(trusts)] }, ({ sts }) => sts);
    return {
      present: (token, { name }) => present(token, name, own.url, connection),
      [Symbol.asyncDispose]: () => own.close(),
    };
  },
  documented: {
    'audiences/authorized-party-alone': authorizedParty,
    'audiences/authorized-party-beside-a-list': authorizedParty,
    'times/expiry-as-a-text': asText,
    'times/expiry-with-a-fraction': {
      decision: 'refused',
      why: 'STS takes whole seconds alone.',
      source: sources.sts,
    },
    'keys/for-another-algorithm': {
      decision: 'accepted',
      why: 'STS does not look at the algorithm that a key is published for.',
      source: sources.stsKeys,
    },
    'keys/with-the-operation-verify': {
      decision: 'refused',
      why: 'STS uses no key that says which operations it is for.',
      source: sources.stsKeys,
    },
  },
  settles: 0,
};

/** An account with a provider for each issuer and a role for each trust. */
function accountOf(trusts: readonly AskedTrust[]): AwsAccount {
  const issuers = new Map(trusts.map(({ issuer, audience }) => [issuer, audience]));
  return {
    id: account,
    oidcProviders: [...issuers].map(([url, audience]) => ({ url, clientIds: [audience] })),
    roles: trusts.map((trust) => ({ name: trust.name, trustPolicy: policyOf(trust) })),
  };
}

function policyOf({ issuer, subject }: AskedTrust) {
  const key = `${nameOf(issuer)}:sub`;
  const condition =
    subject && 'like' in subject
      ? { StringLike: { [key]: subject.like } }
      : { StringEquals: { [key]: subject?.equals ?? '' } };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerOf(issuer) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      },
    ],
  };
}

/** Source: AWS STS API Reference, AssumeRoleWithWebIdentity. */
async function present(token: string, role: string, url: string, { send }: Connection) {
  const form = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: `arn:aws:iam::${account}:role/${role}`,
    RoleSessionName: 'conformance',
    DurationSeconds: '900',
    WebIdentityToken: token,
  };
  const { status, body } = await send(post(`${url}/`, form));
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  if (status === 200 && element('SecretAccessKey') !== undefined)
    return { decision: 'accepted', said: 'credentials' } as const;
  return { decision: 'refused', said: `${element('Code') ?? `HTTP ${status}`}: ${element('Message') ?? ''}` } as const;
}
