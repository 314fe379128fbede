import type { Citation } from './issuer.ts';

/** Where the condition keys of known issuers stand. */
export const awsConditionKeys: Citation = {
  of: ['condition keys'],
  title: 'Service Authorization Reference, AWS Security Token Service',
  url: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html',
  read: '2026-11-25',
  unchecked: 'Read in the condition keys that two public libraries generate from this page.',
};

/** Where the condition keys of every issuer stand. */
export const awsDefaultKeys: Citation = {
  of: ['condition keys'],
  title: 'IAM User Guide, Available keys for AWS OIDC federation, default tab',
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif',
  read: '2026-11-25',
  unchecked:
    'The table itself was not read on this day: that aud is azp and oaud is aud was seen at real STS, radkawar/stackd.',
};

/** Where it stands which claims IAM demands of shared issuers. */
export const awsSharedIssuers: Citation = {
  of: ['required by AWS'],
  title:
    'IAM User Guide, Identity-provider controls for shared OIDC providers; captures of real IAM, radkawar/stackd, ' +
    'iam/policy/testdata/oidc_trust_controls*.json',
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html',
  read: '2026-11-25',
};
