/** What a variable held before a step. */
export interface ValueBefore {
  readonly value: string;
  /** Whether the platform keeps it as a secret. */
  readonly isSecret: boolean;
}

/** Names that say that the value is a secret: `…_TOKEN` is, `…_TOKEN_FILE` is not. */
const secretNames = /(SECRET|TOKEN|PASSWORD|_KEY|_PAT|_HEADER|_CERTIFICATE)$/i;
/** Names that say what else it is: a path, a place, a name of something, a public id. */
const harmlessNames = [
  /_(FILE|PATH|DIR|POWERSHELL|REGION|ENVIRONMENT|HOST|HOSTNAME|SNI_NAME|AUDIENCE|VERSION|PROFILE|EXPIRATION|THUMBPRINT)$/i,
  /(CLIENT|TENANT|SUBSCRIPTION|CONNECTION)_ID$/i,
  /_USE_\w+$|^(AWS_SDK_LOAD_CONFIG|AWS_ROLE_ARN|AZURE_TOKEN_CREDENTIALS|no_proxy)$/i,
];
/**
 * How a value is put back that a step took out of a variable. Neither platform tells of every secret: on GitHub a value of the
 * environment may be one, and in Azure Pipelines a secret that is mapped into a step's environment is a variable like any other there.
 * So a value is hidden unless its name says that it is none, and a secret variable where its name says that it is one.
 */
export function secrecyOf(name: string, { value, isSecret }: ValueBefore): 'secret' | 'hidden' | 'shown' {
  if (value === '') return 'shown';
  if (isSecret) return 'secret';
  if (!mayBeSecret(value)) return 'shown';
  if (secretNames.test(name)) return 'secret';
  return harmlessNames.some((pattern) => pattern.test(name)) ? 'shown' : 'hidden';
}

/** Whether a text may be hidden: one as short as a number or a brace, or a word such as true, would be taken out of every line of the log. */
export function mayBeSecret(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length > 3 && !/^(true|false|null|none)$/i.test(trimmed);
}
