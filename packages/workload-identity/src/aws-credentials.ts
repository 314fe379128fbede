import {
  assumeRolePath,
  defaultSessionName,
  parseRegion,
  parseRoleArn,
  parseSessionName,
  regionalStsEndpoint,
} from '@fedbridge/aws';
import { invalid, parseEndpoint, renewed } from '@fedbridge/core';
import { reuseWhileFresh } from '@fedbridge/identity';
import { awsAudience } from '@fedbridge/issuers';
import { insideOf, type JobIdentity } from './job-identity.ts';
import { option, withOptionNames } from './option.ts';

/** Which role, and how. */
export interface AwsCredentialsOptions {
  /** The ARN of a role whose trust policy allows the job. */
  readonly roleToAssume: string;
  /** Roles that are assumed one after another with it, the last being the one that credentials are wanted of. Default: none. */
  readonly roleChain?: readonly string[] | undefined;
  /** The region whose STS is asked. */
  readonly region: string;
  /** The name of the session in CloudTrail, 2 to 64 characters. Default: made of the platform and the token's subject. */
  readonly sessionName?: string | undefined;
  /** Seconds, 900 to the role's maximum; in a chain to 3,600. Default: 3,600. */
  readonly durationSeconds?: number | undefined;
  /** The audience that the ID token is asked for, where the platform lets one choose. Default: that of STS in the role's partition. */
  readonly audience?: string | undefined;
  /** Another address for STS: a VPC endpoint, or an emulator. Default: the region's. */
  readonly stsEndpoint?: string | undefined;
}

/** As the AWS SDK for JavaScript takes them: its `AwsCredentialIdentity`. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly accountId: string;
}

/** From when on clients of the AWS SDK ask for new ones, in ms before they expire. Source: smithy-typescript, `memoizeIdentityProvider`. */
const renewedBefore = 300_000;

/**
 * Credentials of a role that trusts the job, for `credentials:` of any client of the AWS SDK for JavaScript: whoever calls the provider
 * gets those that there are, or new ones by a new ID token once they have five minutes left.
 *
 * @throws FedbridgeError `INPUT_INVALID`, `ENDPOINT_NOT_ALLOWED`; and from the provider `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`,
 *   `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`, `ID_TOKEN_*`: a denial says in `detail` what was presented, and which trust policy is
 *   missing
 *
 * @example
 * const credentials = awsCredentials(jobIdentity(), { roleToAssume: 'arn:aws:iam::123456789012:role/deploy', region: 'eu-central-1' });
 * const s3 = new S3Client({ region: 'eu-central-1', credentials });
 */
export function awsCredentials(job: JobIdentity, options: AwsCredentialsOptions): () => Promise<AwsCredentials> {
  const { system, outbound, identity } = insideOf(job);
  const region = option('region', options.region, parseRegion);
  const stsEndpoint = options.stsEndpoint ?? regionalStsEndpoint(region);
  const role = option('roleToAssume', options.roleToAssume, parseRoleArn);
  const chain = (options.roleChain ?? []).map((arn) => option('roleChain', arn, parseRoleArn));
  const { sessionName, durationSeconds } = options;
  const request = {
    endpoint: parseEndpoint(stsEndpoint, 'the STS endpoint'),
    region: region.name,
    path: [role, ...chain] as const,
    durationSeconds:
      durationSeconds === undefined ? undefined : option('durationSeconds', `${durationSeconds}`, seconds),
    plainSecret: false,
  };
  const named = sessionName === undefined ? undefined : option('sessionName', sessionName, parseSessionName);
  const acquire = async () => {
    const bounds = outbound();
    const ids = identity(bounds);
    const usual = ids.audience === 'chosen' ? awsAudience(region.partition.name) : undefined;
    const idToken = reuseWhileFresh(ids, options.audience ?? usual, system);
    const { subject: project } = await idToken();
    const session = named ?? defaultSessionName({ platform: job.platform, project, runId: '' });
    const credentials = await assumeRolePath({ ...request, sessionName: session }, idToken, bounds);
    const { role, expiresAt = system.now() } = credentials;
    const value = { ...credentials.reveal(), expiration: new Date(expiresAt), accountId: role.accountId };
    return { value, expiresAt };
  };
  return renewed<AwsCredentials>(() => withOptionNames(acquire()), renewedBefore, system);
}

function seconds(text: string): number {
  if (/^\d{3,5}$/.test(text) && Number(text) >= 900 && Number(text) <= 43_200) return Number(text);
  throw invalid('expected a number of seconds, 900 to 43200.');
}
