import { FedbridgeError } from '@fedbridge/core';
import { type OwnPolicy, policyPath } from '@fedbridge/emulator';
import { awsAudience, gitHub, issuerOf, repositoryOf } from '@fedbridge/issuers';
import { MalformedPolicyError, parseTrustPolicy, type Statement } from '@fedbridge/trust';
import { yamlIn } from '@fedbridge/trust-files';
import type { Cli } from '../../command-line.ts';

/**
 * What a trust policy of GitHub Actions says of its account, its provider and its repository.
 *
 * @param file - the policy, or what `aws iam get-role` or `fedbridge trust aws` prints
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function ownPolicy(file: string, { terminal }: Cli): Promise<Omit<OwnPolicy, 'file'>> {
  const [source] = await yamlIn(await terminal.readFile(file), file);
  const content = source?.value;
  const path = policyPath(content);
  if (!path) throw notUsable(`${file} has no trust policy: it has no Statement.`);
  const policy = path.reduce<unknown>((value, name) => (value as Members)[name], content);
  const found = statementsOf(policy, file).flatMap((statement) =>
    statement.federated.flatMap((arn) => providerOf(arn) ?? []).map((own) => ({ own, statement })),
  );
  const [first] = found;
  if (!first) throw notUsable(`${file} allows no OIDC provider of GitHub Actions.`);
  const { own } = first;
  const audiences = found.flatMap(({ statement }) => valuesOf(statement, 'aud')).filter((one) => !/[*?]/.test(one));
  const usual = awsAudience(own.partition);
  return {
    account: own.account,
    partition: own.partition,
    role: roleName(content) ?? 'deploy',
    provider: { url: own.url, clientIds: [...new Set(audiences.length > 0 ? audiences : [usual])] },
    ...repositoryIn(found.flatMap(({ statement }) => valuesOf(statement, 'sub'))),
  };
}

type Members = Readonly<Record<string, unknown>>;

function notUsable(why: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', why, {
    hint: 'For jobs of another platform write a configuration without it, and name the file there: "trustPolicy".',
  });
}

function statementsOf(policy: unknown, file: string): readonly Statement[] {
  try {
    return parseTrustPolicy(policy).statements.filter(({ effect }) => effect === 'Allow');
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw new FedbridgeError('INPUT_INVALID', `IAM would reject ${file}: ${error.message}.`);
  }
}

function providerOf(arn: string) {
  const [, partition = '', account = '', host = ''] =
    /^arn:([\w-]+):iam::(\d{12}):oidc-provider\/(.+)$/.exec(arn) ?? [];
  const url = `https://${host}`;
  return host !== '' && issuerOf(url) === gitHub ? { partition, account, url } : undefined;
}

/** Of conditions on a claim, whatever their operator. */
function valuesOf({ conditions }: Statement, claim: string): readonly string[] {
  return conditions.filter(({ key }) => key.toLowerCase().endsWith(`:${claim}`)).flatMap(({ values }) => values);
}

/** What a pattern leaves open is called `app`. */
function repositoryIn(subjects: readonly string[]): Pick<OwnPolicy, 'repository' | 'ids'> {
  const [named] = subjects.flatMap((one) => repositoryOf(one) ?? []);
  if (!named) return { repository: 'octo/app' };
  const name = (text: string) => (/[*?$]/.test(text) ? 'app' : text);
  const { ids } = named;
  const isKnown = ids && Object.values(ids).every((id) => /^\d+$/.test(id));
  return {
    repository: `${name(named.owner)}/${name(named.repository)}`,
    ids: isKnown ? ids : undefined,
  };
}

function roleName(content: unknown): string | undefined {
  const name = ((content as Members).Role as Members | undefined)?.RoleName;
  return typeof name === 'string' ? name : undefined;
}
