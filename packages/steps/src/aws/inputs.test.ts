import type { InputDefinition } from '@fedbridge/step';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { awsInputs } from './inputs.ts';

const all: [string, InputDefinition][] = Object.entries(awsInputs);
const those = (is: (definition: InputDefinition) => boolean) => all.flatMap(([name, one]) => (is(one) ? [name] : []));
const given = (inputs: Readonly<Record<string, string>>) => readInputs(awsInputs, hostWith(inputs));

describe('the inputs of AWS credentials', () => {
  it('that guard are errors where they are blank, or written as on the other platform', () => {
    expect(those(({ guards }) => guards === true)).toEqual([
      'roleDurationSeconds',
      'inlineSessionPolicy',
      'managedSessionPolicies',
      'allowedAccountIds',
    ]);
  });

  it('that say what is delivered, as whom or to where, are all others but for these', () => {
    expect(those(({ guards, decides }) => !guards && !decides)).toEqual([
      'overwriteAwsProfile',
      'roleSkipSessionTagging',
      'specialCharactersWorkaround',
      'outputCredentials',
      'exportCredentials',
      'unsetCurrentCredentials',
      'useExistingCredentials',
      'keepFresh',
      'keepFreshMax',
    ]);
  });

  it('that nobody gave overwrite, output, export and empty nothing', () => {
    const defaults = Object.entries(given({})).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(defaults)).toEqual({
      overwriteAwsProfile: false,
      roleSkipSessionTagging: false,
      maskAwsAccountId: false,
      specialCharactersWorkaround: false,
      outputCredentials: false,
      outputEnvCredentials: true,
      exportCredentials: false,
      unsetCurrentCredentials: false,
      useExistingCredentials: false,
      keepFresh: false,
      keepFreshMax: 24,
    });
  });

  it.each(['899', '43201', '3600s', '-900', '1e3'])('a session does not last %s seconds', (roleDurationSeconds) => {
    expect(() => given({ roleDurationSeconds })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
  it.each(['900', '43200'])('a session may last %s seconds', (roleDurationSeconds) => {
    expect(given({ roleDurationSeconds }).roleDurationSeconds).toBe(Number(roleDurationSeconds));
  });

  it('an endpoint is HTTPS, or on this machine', () => {
    expect(given({ stsEndpoint: 'http://127.0.0.1:1' }).stsEndpoint?.port).toBe('1');
    expect(() => given({ stsEndpoint: 'http://sts.example.com' })).toThrow(
      expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED', message: expect.stringContaining('"stsEndpoint"') }),
    );
  });

  it.each(all)('%s is described in sentences', (_name, { description, label }) => {
    expect(description).toMatch(/^[A-Z][\s\S]*\.$/);
    expect(label).toMatch(/^[A-Z]/);
  });
});
