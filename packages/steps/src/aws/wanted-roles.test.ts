import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { awsInputs } from './inputs.ts';
import { wantedRoles } from './wanted-roles.ts';

const account = '123456789012';
const roleOf = (name: string, partition = 'aws', id = account) => `arn:${partition}:iam::${id}:role/${name}`;
const main = { roleToAssume: roleOf('deploy'), awsRegion: 'eu-central-1' };
const named = { roles: `plan = ${roleOf('plan')}\napply = ${roleOf('apply')}`, awsRegion: 'eu-central-1' };
const chained = { ...main, roleChain: `${roleOf('second')}\n${roleOf('third')}` };

/** Roles as paths of names; a named one with its name. */
function of(inputs: Readonly<Record<string, string>>, startsChained = false) {
  const host = hostWith(inputs);
  const { wanted } = wantedRoles(host, readInputs(awsInputs, host), startsChained);
  return wanted.map(({ name, path }) => [name, ...path.map(({ role }) => role)]);
}

describe('the roles that are wanted', () => {
  it('are the one to assume with its chain, then the named ones by themselves, in the order that they are written', () => {
    expect(of({ ...named, ...chained })).toEqual([
      [undefined, 'deploy', 'second', 'third'],
      ['plan', 'plan'],
      ['apply', 'apply'],
    ]);
    expect(of(named)).toEqual([
      ['plan', 'plan'],
      ['apply', 'apply'],
    ]);
  });

  it.each([
    [
      'one without the role to assume: its chain',
      { ...named, roleChain: roleOf('x') },
      '"roleChain" needs "roleToAssume"',
    ],
    [
      'one without the role to assume: its profile',
      { ...named, awsProfile: 'ci' },
      '"awsProfile" needs "roleToAssume"',
    ],
    [
      'one without the role to assume: what is there already',
      { ...named, useExistingCredentials: 'true' },
      '"useExistingCredentials" needs "roleToAssume"',
    ],
    [
      'what AWS takes in a chain alone: an external id',
      { ...main, roleExternalId: 'id' },
      '"roleExternalId" needs "roleChain"',
    ],
    ['what AWS takes in a chain alone: tags', { ...main, customTags: 'a = b' }, '"customTags" needs "roleChain"'],
    [
      'what AWS takes in a chain alone: their keys',
      { ...main, transitiveTagKeys: 'a' },
      '"transitiveTagKeys" needs "roleChain"',
    ],
    ['more than an hour in a chain', { ...chained, roleDurationSeconds: '3601' }, '"roleDurationSeconds" is 3601'],
    ['a profile of two names', { ...main, ...named, awsProfile: 'plan' }, '"roles" names "plan"'],
    ["the step's own profile twice", { ...main, roles: `fedbridge = ${roleOf('x')}` }, '"roles" names "fedbridge"'],
    [
      'a role of another partition',
      { ...main, roleToAssume: roleOf('deploy', 'aws-cn') },
      '"roleToAssume" is in partition aws-cn, and eu-central-1 is in aws',
    ],
    ['in the chain', { ...main, roleChain: roleOf('x', 'aws-cn') }, '"roleChain" is in partition aws-cn'],
    ['among the named', { ...main, roles: `x = ${roleOf('x', 'aws-cn')}` }, '"roles" is in partition aws-cn'],
  ])('are not %s', (_what, inputs, message) => {
    expect(() => of(inputs)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(`Input ${message}`) }),
    );
  });

  it.each([
    { ...chained, roleExternalId: 'id', customTags: 'a = b', roleDurationSeconds: '3600' },
    { ...main, roleDurationSeconds: '43200' },
    { ...main, roles: `other = ${roleOf('x')}`, awsProfile: 'fedbridge' },
    { roles: `fedbridge = ${roleOf('x')}`, awsRegion: 'eu-central-1' },
    { roleToAssume: roleOf('deploy', 'aws-cn'), awsRegion: 'cn-north-1' },
  ])('are wanted otherwise: %o', (inputs) => expect(of(inputs).length).toBeGreaterThan(0));

  it('AWS credentials that assume the first role make a chain of it', () => {
    expect(of({ ...main, roleExternalId: 'id', customTags: 'a = b' }, true)).toHaveLength(1);
    expect(() => of({ ...main, roleDurationSeconds: '3601' }, true)).toThrow(
      'is 3601, and AWS gives a chained role 3600',
    );
  });

  it.each(['inlineSessionPolicy', 'managedSessionPolicies', 'roleDurationSeconds', 'customTags', 'transitiveTagKeys'])(
    'what is there already never has %s of this step',
    (input) => {
      const values: Record<string, string> = {
        inlineSessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
        managedSessionPolicies: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        roleDurationSeconds: '900',
        customTags: 'a = b',
        transitiveTagKeys: 'a',
      };
      const inputs = { ...chained, [input]: values[input] ?? '' };
      expect(of(inputs)).toHaveLength(1);
      expect(() => of({ ...inputs, useExistingCredentials: 'true' })).toThrow(
        `Input "${input}" excludes "useExistingCredentials"`,
      );
    },
  );
});

describe('the accounts that are allowed', () => {
  const other = '210987654321';

  it.each([
    [{ ...main, allowedAccountIds: other }, 'roleToAssume', account],
    [{ ...main, roleChain: roleOf('x', 'aws', other), allowedAccountIds: account }, 'roleChain', other],
    [{ ...main, roles: `x = ${roleOf('x', 'aws', other)}`, allowedAccountIds: account }, 'roles', other],
  ])('hold for each role that is delivered: %o', (inputs, name, id) => {
    expect(() => of(inputs)).toThrow(`Input "${name}" is in account ${id}, which "allowedAccountIds" does not list.`);
  });

  it('need not have the account of a role that only leads to the one that is delivered', () => {
    expect(of({ ...main, roleChain: roleOf('x', 'aws', other), allowedAccountIds: other })).toHaveLength(1);
  });
});
