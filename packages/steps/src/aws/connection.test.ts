import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { roleAndRegion } from './connection.ts';
import { awsInputs } from './inputs.ts';

const arn = 'arn:aws:iam::123456789012:role/deploy';
const other = 'arn:aws:iam::210987654321:role/other';

/** @param data - what the owner of the connection configured */
function of(
  inputs: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>> = {},
  platform = 'azure-pipelines',
) {
  const host = hostWith(inputs, { platform: platform as 'azure-pipelines' });
  host.connectionData = (id, name) => (id === 'the connection' ? data[name] : undefined);
  const { role, region } = roleAndRegion(host, readInputs(awsInputs, host));
  return [role?.arn, region.name];
}
const connection = { awsConnection: 'the connection' };

describe('role and region', () => {
  it('are those of the inputs, else those of the connection, each by itself', () => {
    const data = { roleToAssume: other, region: ' eu-west-1 ' };
    expect(of(connection, data)).toEqual([other, 'eu-west-1']);
    expect(of({ ...connection, roleToAssume: arn }, data)).toEqual([arn, 'eu-west-1']);
    expect(of({ ...connection, awsRegion: 'us-east-1' }, data)).toEqual([other, 'us-east-1']);
    expect(of({ roleToAssume: arn, awsRegion: 'us-east-1' })).toEqual([arn, 'us-east-1']);
  });

  it('of a connection that the step was not given are none', () => {
    expect(() => of({ awsRegion: 'us-east-1' }, { roleToAssume: other })).toThrow('Input "roleToAssume" is required.');
  });

  it('no role is needed where roles are named', () => {
    expect(of({ roles: `prod = ${arn}`, awsRegion: 'us-east-1' })).toEqual([undefined, 'us-east-1']);
  });

  it.each([
    [{ awsRegion: 'us-east-1' }, {}, 'roleToAssume'],
    [{ roleToAssume: arn }, {}, 'awsRegion'],
    [connection, { roleToAssume: other, region: ' ' }, 'awsRegion'],
  ])('that are nowhere are missing: %o, %o', (inputs, data, name) => {
    const message = `Input "${name}" is required.`;
    const told = (hint: unknown) => expect.objectContaining({ code: 'INPUT_MISSING', message, detail: { hint } });
    expect(() => of(inputs, data)).toThrow(told(expect.stringContaining('name one in {awsConnection}')));
    if (!('awsConnection' in inputs)) expect(() => of(inputs, data, 'github')).toThrow(told(undefined));
  });

  it.each([
    [
      { roleToAssume: 'deploy', region: 'eu-west-1' },
      '"roleToAssume" of the AWS connection is "deploy": expected the ARN',
    ],
    [{ roleToAssume: other, region: 'europe' }, '"region" of the AWS connection is "europe": expected an AWS region'],
  ])('of a connection that are none say where they stand: %o', (data, message) => {
    expect(() => of(connection, data)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
