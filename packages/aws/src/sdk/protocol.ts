/**
 * What an STS call takes of the AWS SDK: its protocol and the shapes of three operations, without the client around them, whose
 * credential providers, retries and HTTP/2 would take longer to load than the call itself.
 */
export {
  AssumeRole$,
  AssumeRoleWithWebIdentity$,
  errorTypeRegistries,
  GetCallerIdentity$,
} from '@aws-sdk/client-sts';
export { AwsQueryProtocol } from '@aws-sdk/core/protocols';
export { operation } from '@smithy/core/schema';
export { fromBase64, fromUtf8, toBase64, toUtf8 } from '@smithy/core/serde';
