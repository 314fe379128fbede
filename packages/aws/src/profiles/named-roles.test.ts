import { expect, it } from 'vitest';
import { parseNamedRoles } from './named-roles.ts';

const arn = 'arn:aws:iam::123456789012:role/deploy';

it('are a name and a role a line, in their order', () => {
  const roles = parseNamedRoles(`plan = ${arn}\n_a-B2 = ${arn}-2`);
  expect(roles.map(({ name, role }) => [name, role.arn])).toEqual([
    ['plan', arn],
    ['_a-B2', `${arn}-2`],
  ]);
});

it.each([
  [`plan = ${arn}\nPlan = ${arn}`, '"plan" and "Plan" are one name: case does not count in the names of outputs.'],
  [`2nd = ${arn}`, 'the name "2nd" must be a letter or _, then letters, digits, _ or -.'],
  [`a.b = ${arn}`, 'the name "a.b" must be a letter or _, then letters, digits, _ or -.'],
  ['plan = deploy', 'expected the ARN of an IAM role such as arn:aws:iam::123456789012:role/deploy.'],
])('are none: %j', (text, message) => {
  expect(() => parseNamedRoles(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', message }));
});
