import { membersOf } from '../read/trust-document.ts';

/**
 * Whether IAM takes it for a policy of permissions, as far as its form tells.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export function isPermissionPolicy(policy: unknown): boolean {
  const { Version: version, Statement: listed, Id: id = '', ...others } = membersOf(policy) ?? {};
  const statements: readonly unknown[] = listed === undefined ? [] : [listed].flat();
  return (
    (version === undefined || version === '2012-10-17' || version === '2008-10-17') &&
    typeof id === 'string' &&
    Object.keys(others).length === 0 &&
    statements.length > 0 &&
    statements.every(isStatement)
  );
}

function isStatement(value: unknown): boolean {
  const { Sid: sid = '', Effect: effect, Condition: condition = {}, ...members } = membersOf(value) ?? {};
  const { Action: action, NotAction: notAction, Resource: resource, NotResource: notResource, ...others } = members;
  return (
    typeof sid === 'string' &&
    (effect === 'Allow' || effect === 'Deny') &&
    isOneOf(action, notAction) &&
    isOneOf(resource, notResource) &&
    membersOf(condition) !== undefined &&
    Object.keys(others).length === 0
  );
}

/** Whether exactly one of two is there, with a text at least. */
function isOneOf(one: unknown, other: unknown): boolean {
  if ((one === undefined) === (other === undefined)) return false;
  const texts = [one ?? other].flat();
  return texts.length > 0 && texts.every((text) => typeof text === 'string');
}
