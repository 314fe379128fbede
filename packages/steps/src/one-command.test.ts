import { describe, expect, it } from 'vitest';
import { environmentOf } from './one-command.ts';

const own = { Path: '/bin', Aws_Profile: 'other', aws_region: 'us-east-1', OWN: 'kept', none: undefined };
const given = [{ variables: { AWS_REGION: 'eu-central-1' }, without: ['AWS_PROFILE'] }];

describe('the environment of one command', () => {
  it('on Windows has no variable under two spellings, and none that is dropped under another', () => {
    expect(environmentOf(own, given, true)).toEqual({ Path: '/bin', OWN: 'kept', AWS_REGION: 'eu-central-1' });
  });

  it('elsewhere another spelling is another variable', () => {
    const { none: _, ...kept } = own;
    expect(environmentOf(own, given, false)).toEqual({ ...kept, AWS_REGION: 'eu-central-1' });
  });
});
