/** Variables from which tools take keys. The last is older than the session token, and botocore prefers it. */
export const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'];

/** Others of which some tool takes keys: SDKs for Go and Java, SDK 2 for JavaScript. */
export const otherKeys = ['AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'AMAZON_ACCESS_KEY_ID', 'AMAZON_SECRET_ACCESS_KEY'];

/** When keys of the environment expire: of ours, this would be wrong, and botocore would not use them. */
export const expiry = 'AWS_CREDENTIAL_EXPIRATION';

/** Without it no tool takes the role of AWS_ROLE_ARN, which people also use for their own ends. */
export const webIdentity = 'AWS_WEB_IDENTITY_TOKEN_FILE';

/** Where the credentials of a container are. */
export const container = [
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
];
