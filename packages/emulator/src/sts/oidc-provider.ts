import type { AwsAccount, OidcProvider } from './aws-account.ts';

/** What stands before the colon of an issuer's condition keys, and last in its provider's ARN: the URL without its scheme. */
export function providerName({ url }: OidcProvider): string {
  return url.replace(/^https?:\/\//, '');
}

/** Source: Service Authorization Reference, AWS IAM, resource type `oidc-provider`. */
export function providerArn({ id, partition = 'aws' }: AwsAccount, provider: OidcProvider): string {
  return `arn:${partition}:iam::${id}:oidc-provider/${providerName(provider)}`;
}
