import { expect, it } from 'vitest';
import { audienceInput, keepFreshInputs } from './shared-inputs.ts';

it('an audience that is blank is an error: the token would be for another', () => {
  expect(audienceInput('sts.amazonaws.com')).toMatchObject({
    decides: true,
    on: expect.objectContaining({ github: expect.stringContaining('by default sts.amazonaws.com.') }),
  });
});

it('nothing is kept fresh that nobody asked for, nor for longer than a day unless they say so, nor for longer than a week', () => {
  expect(keepFreshInputs).toMatchObject({
    keepFresh: { default: false },
    keepFreshMax: { minimum: 1, default: 24, maximum: 7 * 24 },
  });
});
