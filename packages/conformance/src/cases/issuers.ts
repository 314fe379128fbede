import type { KeyName, Members } from './token.ts';

/** An issuer of the suite: a path below its address, and what it publishes there. */
export interface SuiteIssuer {
  /** The keys that it publishes. */
  readonly keys: readonly KeyName[];
  /** Members of each key that it publishes, beside the usual ones or in their place. */
  readonly members?: Members;
  /** Keys of others' making, before its own. */
  readonly beside?: readonly Members[];
  /** What its discovery document says that it is, where it says another. */
  readonly claimsToBe?: IssuerName;
  /** Whether a server may well accept none of its tokens, so that no ordinary one is asked for first. */
  readonly isBroken?: true;
}

const usual: readonly KeyName[] = ['first', 'second', 'p256', 'p384', 'p521'];

/** By name, which is its path. */
export const issuers = {
  github: { keys: usual },
  'azure-pipelines': { keys: usual },
  kubernetes: { keys: usual },
  gitlab: { keys: usual },
  /** Nobody trusts it. */
  stranger: { keys: ['stranger'] },
  /** Below the path of one that is trusted. */
  'github/enterprise': { keys: ['stranger'] },
  'keys-single': { keys: ['first'] },
  'keys-foreign-types': {
    keys: ['first'],
    beside: [
      { kty: 'FUTURE', kid: 'of-the-future', use: 'sig', alg: 'FU256' },
      { kty: 'OKP', crv: 'X448', kid: 'of-another-curve', use: 'enc', x: 'AAAA' },
    ],
  },
  'keys-unknown-members': { keys: ['first'], members: { 'x-fedbridge': { of: ['the', 'future'] }, nbf: 0 } },
  'keys-encryption': { keys: ['first'], members: { use: 'enc' }, isBroken: true },
  'keys-operations-encrypt': { keys: ['first'], members: { use: undefined, key_ops: ['encrypt'] }, isBroken: true },
  'keys-operations-verify': { keys: ['first'], members: { use: undefined, key_ops: ['verify'] } },
  'keys-of-rs512': { keys: ['first'], members: { alg: 'RS512' }, isBroken: true },
  'keys-small': { keys: ['small'], isBroken: true },
  'keys-none': { keys: [], isBroken: true },
  'keys-of-another': { keys: ['first'], claimsToBe: 'github', isBroken: true },
  'keys-added': { keys: ['first'] },
  'keys-replaced': { keys: ['first'] },
  'keys-retained': { keys: ['first'] },
  'keys-unpublished': { keys: ['first'] },
} as const satisfies Readonly<Record<string, Omit<SuiteIssuer, 'claimsToBe'> & { readonly claimsToBe?: string }>>;

/** The name of an issuer of the suite. */
export type IssuerName = keyof typeof issuers;
