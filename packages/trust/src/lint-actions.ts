import { isTrustAction, trustActions } from '@fedbridge/issuers';
import { type Finding, finding } from './finding.ts';
import { concerns, isOidcProvider } from './lint-provider.ts';
import type { Statement } from './policy.ts';

/**
 * Statements with principals and no action by which these take the role: an Allow of them allows nobody, and a Deny keeps nobody out.
 *
 * @param all - the statements of the policy
 */
export function actionFindings(statement: Statement, all: readonly Statement[], where: string): readonly Finding[] {
  const { effect, actions, notAction } = statement;
  const at = [notAction ? 'NotAction' : 'Action'];
  const groups = groupsOf(statement);
  const idle = groups.filter((one) => !one.actions.some((action) => concerns(statement, action.toLowerCase())));
  const isIdle = idle.length === groups.length;
  const effects = {
    Allow: isIdle
      ? 'Nobody is allowed by this statement.'
      : `Nobody of ${listOf(idle.flatMap((one) => one.of))} is allowed.`,
    Deny: 'Nobody is denied by this statement.',
  };
  const foreign = notAction ? [] : actions.filter((action) => !isTrustAction(action));
  if (foreign.length > 0) {
    const rejected = `IAM rejects ${listOf(foreign)} in a trust policy.`;
    return [finding('aws/wrong-action', where, isIdle ? `${rejected} ${effects[effect]}` : rejected, at)];
  }
  const named = `The action is ${notAction ? 'any but ' : ''}${listOf(actions)}.`;
  if (idle.length === 0 || (effect === 'Deny' && !isIdle)) return [];
  if (effect === 'Deny') return isOfSession(statement) ? [] : [finding('aws/idle-denial', where, named, at)];
  if (isBeside(statement) && all.some((other) => allowsSame(other, statement))) return [];
  return [finding('aws/wrong-action', where, `${named} ${effects.Allow}`, at)];
}

/** Principals that take a role by the same actions. */
interface Group {
  readonly of: readonly string[];
  readonly actions: readonly string[];
}

function groupsOf({ aws, federated, services, notPrincipal }: Statement): readonly Group[] {
  const [assumeRole, withSaml, withWebIdentity] = trustActions.assuming;
  // Whom a denial leaves out may be anybody, and `*` is.
  if (notPrincipal || aws.includes('*')) return [{ of: ['*'], actions: trustActions.assuming }];
  // Of providers it is one of either kind.
  const ofAny = federated.filter((one) => one === '*');
  const oidc = federated.filter((one) => one !== '*' && isOidcProvider(one));
  const saml = federated.filter((one) => one !== '*' && !isOidcProvider(one));
  const groups = [
    { of: [...aws, ...services], actions: [assumeRole] },
    { of: ofAny, actions: [withSaml, withWebIdentity] },
    { of: oidc, actions: [withWebIdentity] },
    { of: saml, actions: [withSaml] },
  ];
  return groups.filter(({ of }) => of.length > 0);
}

/** Whether it is of what goes with taking a role: session tags, a source identity. */
const isBeside = (statement: Statement) =>
  trustActions.beside.some((action) => concerns(statement, action.toLowerCase()));

/** Whether a denial says which tags or names nobody may set, and not who may not: that is not meant to keep somebody out. */
function isOfSession(statement: Statement): boolean {
  return isBeside(statement) && statement.conditions.every(({ key }) => ofSession.test(key));
}

const ofSession =
  /^(aws:(RequestTag\/|TagKeys$)|sts:(TransitiveTagKeys|SourceIdentity|RoleSessionName|RequestContext))/i;

/** Whether another statement has those take the role of whom one says what they may set. */
function allowsSame(other: Statement, statement: Statement): boolean {
  if (other.effect !== 'Allow') return false;
  const ofOther = groupsOf(other)
    .filter(({ actions }) => actions.some((action) => concerns(other, action.toLowerCase())))
    .flatMap(({ of }) => of);
  const own = groupsOf(statement).flatMap(({ of }) => of);
  return ofOther.length > 0 && (ofOther.includes('*') || own.some((one) => one === '*' || ofOther.includes(one)));
}

/** Further ones are not told. */
const most = 3;

const listOf = (texts: readonly string[]) =>
  `${texts.slice(0, most).join(', ')}${texts.length > most ? ` and ${texts.length - most} more` : ''}`;
