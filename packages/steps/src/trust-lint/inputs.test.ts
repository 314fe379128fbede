import type { InputDefinition } from '@fedbridge/step';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { trustLintInputs } from './inputs.ts';

const all: [string, InputDefinition][] = Object.entries(trustLintInputs);
const given = (inputs: Readonly<Record<string, string>>) => readInputs(trustLintInputs, hostWith(inputs));

describe('the inputs of trust-lint', () => {
  it('that nobody gave fail on warnings, and compare with what the platform says', () => {
    const { files, ...others } = given({});
    expect(others).toMatchObject({ failOn: 'warning', baseRef: 'platform', mine: undefined, parameters: undefined });
    expect(files.how('roles/deploy.json')).toBe('found');
  });

  it('are errors where they are blank, all but one: what would be looked at is not what somebody meant', () => {
    const others = all.filter(([, { guards, decides }]) => !guards && !decides);
    expect(others.map(([name]) => name)).toEqual(['uploadSarif']);
    expect(() => given({ failOn: ' ' })).toThrow('Input "failOn" is blank');
  });

  it.each([
    ['failOn', 'warnings'],
    ['baseRef', '--all'],
    ['mine', 'octo'],
    ['mine', 'github:octo\ngitlab'],
    ['parameters', 'AccountId'],
  ])('%s is not %j', (name, value) => {
    expect(() => given({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(`Input "${name}"`) }),
    );
  });

  it('name owners, a line each', () => {
    expect(given({ mine: 'github:octo\n\naccount:123456789012' }).mine).toHaveLength(2);
  });

  it.each(all)('%s is described in sentences', (_name, { description, label }) => {
    expect(description).toMatch(/^[A-Z][\s\S]*\.$/);
    expect(label).toMatch(/^[A-Z]/);
  });
});
