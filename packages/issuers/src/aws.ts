import type { Source } from './issuer.ts';

/** The audience that STS is asked with in China, where the service has a name of its own. */
const china = 'sts.amazonaws.com.cn';

/** The audience that a token for AWS is asked for, by partition, where the job can choose. */
export function awsAudience(partition: string): string {
  return partition === 'aws-cn' ? china : 'sts.amazonaws.com';
}

/** Whether an audience is that of AWS, in any partition. */
export function isAwsAudience(audience: string): boolean {
  return audience === awsAudience('aws') || audience === china;
}

export const awsSources = {
  conditionKeys: {
    of: ['condition keys'],
    title: 'Service Authorization Reference, AWS Security Token Service',
    url: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html',
    read: '2026-11-25',
    unchecked: 'Read in the condition keys that two public libraries generate from this page.',
  },
  defaultKeys: {
    of: ['condition keys'],
    title: 'IAM User Guide, Available keys for AWS OIDC federation, default tab',
    url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif',
    read: '2026-11-25',
  },
  sharedIssuers: {
    of: ['required by AWS'],
    title: 'IAM User Guide, Identity-provider controls for shared OIDC providers',
    url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html',
    read: '2026-11-25',
    unchecked: 'Its text was read; its table in a public implementation that quotes it row by row.',
  },
} as const satisfies Readonly<Record<string, Source>>;
