import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../test/harness/memory-host.ts';
import { checkFormerInputs, checkGuardNames, type FormerInputs } from './former-inputs.ts';
import type { InputDefinition } from './input.ts';

/** A job whose inputs are handed over as a platform hands them: under whatever name they were written, in any case. */
function job(inputs: Readonly<Record<string, string>>, inputName = (name: string) => name) {
  const lower = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name.toLowerCase(), value]));
  const memory = hostWith();
  memory.input = (name) => lower[name.toLowerCase()] ?? '';
  memory.inputName = inputName;
  return { memory, host: memory };
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const former: FormerInputs = {
  clientSecret: { is: 'a secret', instead: (shown) => `Give "${shown('clientId')}".` },
  authType: { is: 'an identity', usual: 'SERVICE_PRINCIPAL', instead: () => 'Set identity.' },
  regionName: { is: 'something else', instead: (shown) => `It is "${shown('awsRegion')}".` },
};
const check = (inputs: Readonly<Record<string, string>>, inputName?: (name: string) => string) => {
  const { memory, host } = job(inputs, inputName);
  let error: unknown;
  try {
    checkFormerInputs(host, former);
  } catch (thrown) {
    error = thrown;
  }
  return { error, said: memory.said, masked: [...memory.masked] };
};

describe('an input of the tool that a step takes the place of', () => {
  it('that is a secret is masked, fails the step, and is not in the error', () => {
    expect(check({ clientSecret: ' hunter2 ' }, kebab)).toEqual({
      error: expect.objectContaining({
        code: 'INPUT_INVALID',
        message: 'Input "clientsecret" is a stored secret, which this step does not take.',
        detail: { hint: 'Give "client-id".' },
      }),
      masked: ['hunter2'],
      said: [],
    });
    expect(String(check({ clientSecret: 'hunter2' }).error)).not.toContain('hunter2');
  });

  it('that says who the job shall be fails the step, and is no secret', () => {
    expect(check({ authType: 'IDENTITY' })).toMatchObject({
      error: { code: 'INPUT_INVALID', message: 'Input "authType" is not one of this step.' },
      masked: [],
    });
  });

  it('of another kind is a warning', () => {
    expect(check({ regionName: 'eu-west-1' })).toEqual({
      error: undefined,
      masked: [],
      said: ['Input "regionName" does nothing here. It is "awsRegion".'],
    });
  });

  it.each(['', '  ', 'false', 'False', 'service_principal'])('as good as not given is none: %j', (value) => {
    expect(check({ authType: value })).toMatchObject({ error: undefined, said: [] });
  });

  it.each(['true', 'falsely', 'unfalse', '0', 'no'])('is given as anything else: %j', (value) => {
    expect(check({ authType: value }).error).toBeDefined();
  });

  it.each([
    ['client-secret', (name: string) => name],
    ['clientsecret', kebab],
    ['clientSecret', kebab],
    ['client-secret', kebab],
  ])("under the other platform's name is the same one: %s", (name, inputName) => {
    expect(check({ [name]: 'hunter2' }, inputName)).toMatchObject({
      masked: ['hunter2'],
      error: { code: 'INPUT_INVALID' },
    });
  });

  it('a step that takes no place of another has none', () => {
    expect(() => checkFormerInputs(job({ clientSecret: 'x' }).host, undefined)).not.toThrow();
  });
});

describe('an input on which what is delivered depends', () => {
  const base = { type: 'text', label: 'x', description: 'x' } as const;
  const definitions: Record<string, InputDefinition> = {
    allowedAccounts: { ...base, guards: true },
    awsRegion: { ...base, decides: true },
    summaryTitle: base,
  };
  const guard = (given: string, inputName?: (name: string) => string) => () =>
    checkGuardNames(job({ [given]: ' ' }, inputName).host, definitions);

  it.each([
    ['allowed-accounts', 'allowedAccounts', undefined],
    ['aws-region', 'awsRegion', undefined],
    ['allowedAccounts', 'allowed-accounts', kebab],
  ])("under the other platform's name would do nothing, so it is an error: %s is %s", (given, name, inputName) => {
    expect(guard(given, inputName)).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(new RegExp(`" is called "${name}" here`)),
        detail: { hint: 'What is delivered depends on it, so nothing was asked for.' },
      }),
    );
  });

  it.each([
    ['allowedAccounts', undefined],
    ['ALLOWEDACCOUNTS', undefined],
    ['allowed-accounts', kebab],
    ['summary-title', undefined],
  ])('under its own name, or on which nothing depends, is none: %s', (given, inputName) => {
    expect(guard(given, inputName)).not.toThrow();
  });
});
