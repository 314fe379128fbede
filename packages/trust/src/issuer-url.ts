import { isLoopback } from '@fedbridge/core/endpoint';

/**
 * Whether both clouds can have it as an issuer: an `https://` URL without query and fragment, exactly as it is compared; plain HTTP on
 * loopback alone, where an emulator signs.
 * Sources: OpenID Connect Core, 2; IAM API Reference, "CreateOpenIDConnectProvider"; Microsoft Graph, `federatedIdentityCredential`.
 */
export function isIssuerUrl(iss: unknown): iss is string {
  if (typeof iss !== 'string' || !/^https?:\/\/[^\s?#@\\]+$/.test(iss) || !URL.canParse(iss)) return false;
  const url = new URL(iss);
  return url.protocol === 'https:' || isLoopback(url);
}
