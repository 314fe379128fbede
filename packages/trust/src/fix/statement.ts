import {
  awsAudience,
  azureDevOps,
  conditionKeysOf,
  conditionPrefix,
  entra,
  entraAudience,
  gitHub,
  isAwsAudience,
  issuerOf,
  kubernetes,
  nearestIssuer,
} from '@fedbridge/issuers';
import { operatorOf } from '../condition.ts';
import { audiences, connectionJob } from '../job.ts';
import { claimOfKey, isChecked, isOidcProvider, type Provider, providersOf } from '../lint-provider.ts';
import type { Statement } from '../policy.ts';
import type { RuleId } from '../rules.ts';
import { audienceKeys } from '../write-aws.ts';
import { ConditionBlock, type WrittenCondition } from './condition-block.ts';
import { type Done, harmless, widens } from './fix.ts';

/** A statement that may be changed. */
interface Fixable {
  readonly written: object;
  /** What it says as it is now. */
  readonly read: Statement;
  /** All statements of the policy. */
  readonly all: readonly object[];
}

/** Fixes of a statement by the rule that finds what they are for. They return what was done, which may be nothing. */
export const statementFixes: Readonly<Partial<Record<RuleId, (one: Fixable) => readonly Done[]>>> = {
  'aws/no-aud': addAudience,
  'aws/string-like': (one) =>
    movedWhere(one, ({ operator, values }) => {
      if (operatorOf(operator).name !== 'StringLike' || values.some((value) => /[*?]|\$\{/.test(value)))
        return undefined;
      return { to: operator.replace('StringLike', 'StringEquals'), widens: false };
    }),
  'aws/literal-wildcard': (one) =>
    movedWhere(one, ({ operator, values }) => {
      if (operatorOf(operator).name !== 'StringEquals' || values.some((value) => value.includes('${')))
        return undefined;
      if (!values.some((value) => /[*?]/.test(value))) return undefined;
      return { to: operator.replace('StringEquals', 'StringLike'), widens: true };
    }),
  'aws/for-all-values': (one) => movedWhere(one, withoutWord(one, 'ForAllValues:')),
  'aws/if-exists': (one) => movedWhere(one, withoutWord(one, 'IfExists')),
  'aws/idle-operator': (one) => [
    ...movedWhere(one, withoutWord(one, 'ForAllValues:')),
    ...movedWhere(one, withoutWord(one, 'IfExists')),
  ],
  'aws/wrong-action': fixAction,
  'aws/wrong-partition': fixAudience,
  'aws/foreign-key': fixKeys,
  'issuer-trailing-slash': fixIssuer,
  'wrong-issuer': fixIssuer,
};

/** Puts conditions under other operators. @param target - undefined for one that stays */
function movedWhere(
  { written, read }: Fixable,
  target: (condition: WrittenCondition) => { readonly to: string; readonly widens: boolean } | undefined,
): readonly Done[] {
  const block = new ConditionBlock(written);
  const providers = providersOf(read);
  const isOwn = ({ key }: WrittenCondition) => providers.some(({ iss }) => claimOfKey(key, iss) !== undefined);
  return block.all.filter(isOwn).flatMap((condition) => {
    const found = target(condition);
    if (!found || !block.move(condition, found.to)) return [];
    return { what: `${condition.operator} on ${condition.key} is ${found.to}.`, widens: found.widens };
  });
}

/** Where no other condition sees to it that the key is there. */
function withoutWord({ read }: Fixable, word: string) {
  return (condition: WrittenCondition) =>
    condition.operator.includes(word) && !isChecked(condition, read.conditions)
      ? { to: condition.operator.replace(word, ''), widens: false }
      : undefined;
}

/** The audience that tokens of the provider have, where that is known; in the place of one that may be anything. */
function addAudience({ written, read }: Fixable): readonly Done[] {
  const [provider, another] = providersOf(read);
  const keys = provider && !another ? audienceOf(provider, read) : undefined;
  if (!keys) return [];
  const block = new ConditionBlock(written);
  const known = block.all.filter(({ key }) =>
    Object.keys(keys).some((name) => name.toLowerCase() === key.toLowerCase()),
  );
  if (known.some(({ operator, values }) => operator !== 'StringLike' || values.some((value) => value !== '*')))
    return [];
  for (const condition of known) block.remove(condition);
  return Object.entries(keys).map(([key, value]) => {
    block.add('StringEquals', key, value);
    return harmless(`StringEquals on ${key} is ${value}: tokens for another audience are denied.`);
  });
}

/** Condition keys with what they must be. A job that may choose chooses what the guides of its issuer and of AWS name, or it is not known. */
function audienceOf({ iss, issuer, isLogin }: Provider, { federated, conditions }: Statement) {
  if (isLogin || !issuer) return undefined;
  if (issuer === entra) {
    const [subject] = conditions.find(({ key }) => claimOfKey(key, iss) === 'sub')?.values ?? [];
    const job = connectionJob(
      iss,
      subject === undefined || subject.includes('*') ? '-' : subject,
      entraAudience.clientId,
    );
    return job.azp === undefined ? undefined : audienceKeys(job);
  }
  const key = `${conditionPrefix(iss)}:aud`;
  if (issuer === azureDevOps) return { [key]: audiences.entra };
  return issuer === gitHub || issuer === kubernetes ? { [key]: ofPartition(federated) } : undefined;
}

function ofPartition(federated: readonly string[]): string {
  return awsAudience(federated.some((arn) => arn.startsWith('arn:aws-cn:')) ? 'aws-cn' : 'aws');
}

function fixAudience({ written, read }: Fixable): readonly Done[] {
  const wanted = ofPartition(read.federated);
  const block = new ConditionBlock(written);
  const providers = providersOf(read);
  const isAudience = ({ key }: WrittenCondition) => providers.some(({ iss }) => claimOfKey(key, iss) === 'aud');
  return block.all.filter(isAudience).flatMap((condition) => {
    const values = [...new Set(condition.values.map((value) => (isAwsAudience(value) ? wanted : value)))];
    if (values.join() === condition.values.join()) return [];
    block.setValues(condition, values);
    return widens(`${condition.key} is ${values.join(', ')}.`);
  });
}

/** For OIDC providers there is one action. */
function fixAction({ written, read }: Fixable): readonly Done[] {
  const { effect, aws, services, federated } = read;
  if (effect === 'Deny' || aws.length + services.length > 0 || !federated.every(isOidcProvider)) return [];
  const statement = written as { Action?: unknown };
  const wrong = /^sts:AssumeRole$/i;
  const actions = [statement.Action].flat();
  if (!actions.some((action) => wrong.test(String(action)))) return [];
  const action = 'sts:AssumeRoleWithWebIdentity';
  statement.Action = Array.isArray(statement.Action)
    ? actions.map((one) => (wrong.test(String(one)) ? action : one))
    : action;
  return [widens(`Action is ${action}.`)];
}

/** Keys that are the provider's own but for how its name is written. */
function fixKeys({ written, read }: Fixable): readonly Done[] {
  const [provider, another] = providersOf(read);
  if (!provider || another) return [];
  const { iss } = provider;
  const prefix = conditionPrefix(iss);
  const block = new ConditionBlock(written);
  return block.all.flatMap((condition) => {
    const colon = condition.key.lastIndexOf(':');
    const [, name = ''] =
      /^(?:.*:oidc-provider\/)?(?:https?:\/\/)?(.*?)\/*$/i.exec(condition.key.slice(0, colon)) ?? [];
    const claim = condition.key.slice(colon + 1);
    const isFilled = conditionKeysOf(iss).some((one) => one.name.toLowerCase() === claim.toLowerCase());
    const isOwn = name.toLowerCase() === prefix.replace(/\/+$/, '').toLowerCase();
    if (!isOwn || !isFilled || claimOfKey(condition.key, iss) !== undefined) return [];
    const key = `${prefix}:${claim}`;
    return block.rename(condition, key) ? widens(`The key ${condition.key} is ${key}.`) : [];
  });
}

/** The provider as tokens name it, in all statements, with its condition keys. */
function fixIssuer({ read, all }: Fixable): readonly Done[] {
  return providersOf(read).flatMap(({ iss }) => {
    const meant = nearestIssuer(iss);
    if (meant === iss || !issuerOf(meant)) return [];
    const [wrong, right] = [conditionPrefix(iss), conditionPrefix(meant)];
    for (const statement of all) {
      renameProvider(statement, `:oidc-provider/${wrong}`, `:oidc-provider/${right}`);
      const block = new ConditionBlock(statement);
      for (const condition of block.all) {
        const claim = claimOfKey(condition.key, iss);
        if (claim !== undefined) block.rename(condition, `${right}${condition.key.slice(wrong.length)}`);
      }
    }
    return widens(`The provider is ${right}, which has to be there in the account.`);
  });
}

function renameProvider(statement: object, wrong: string, right: string): void {
  const { Principal: principal } = statement as { Principal?: { Federated?: string | string[] } };
  if (typeof principal !== 'object' || principal.Federated === undefined) return;
  const renamed = (arn: string) => (arn.endsWith(wrong) ? arn.slice(0, -wrong.length) + right : arn);
  const { Federated: federated } = principal;
  principal.Federated = Array.isArray(federated) ? federated.map(renamed) : renamed(federated);
}
