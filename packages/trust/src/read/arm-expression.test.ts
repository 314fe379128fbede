import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { type ArmTemplate, armText } from './arm-expression.ts';
import { ResolvedLength } from './resolved-length.ts';

const whole = { source: JsonDocument.parse('{}'), path: [], value: {}, isTemplate: false };
const template = (): ArmTemplate => ({
  parameters: { owner: 'octo', '': 'blank' },
  variables: { branch: 'main', later: "[parameters('owner')]", count: 3 },
  length: new ResolvedLength(whole),
  sections: [],
});
const text = (given: string) => armText(given, template());

// Microsoft Learn, "Syntax and expressions in ARM templates", "String functions for ARM templates".
describe('a text of an ARM template', () => {
  it.each([
    ['repo:octo/app', 'repo:octo/app'],
    ['[', '['],
    ['[not closed', '[not closed'],
    ['not opened]', 'not opened]'],
    // Two brackets stand for one.
    ["[[parameters('owner')]", "[parameters('owner')]"],
    // JSON in a text.
    ['["a","b"]', '["a","b"]'],
    ['[ {"a":1} ]', '[ {"a":1} ]'],
    ['[[1]]', '[1]]'],
  ])('%s is itself, or what it escapes', (given, expected) => expect(text(given)).toBe(expected));

  it.each([
    ["['it''s']", "it's"],
    ['[-12]', '-12'],
    ["[parameters('owner')]", 'octo'],
    ["[ parameters ( 'owner' ) ]", 'octo'],
    ["[PARAMETERS('owner')]", 'octo'],
    ["[variables('branch')]", 'main'],
    [
      "[concat('repo:', parameters('owner'), '/app:ref:refs/heads/', variables('branch'))]",
      'repo:octo/app:ref:refs/heads/main',
    ],
    ['[concat()]', ''],
    ["[format('{0}/{1}-{0} {{x}}', 'a', 'b')]", 'a/b-a {x}'],
    ["[format('{2}', 'a')]", '{2}'],
    ["[toLower('OcTo')]", 'octo'],
    ["[concat('a', 1)]", 'a1'],
  ])('%s is resolved', (given, expected) => expect(text(given)).toBe(expected));

  it.each([
    ["[parameters('unknown')]", "⟨parameters('unknown')⟩"],
    ["[parameters('toString')]", "⟨parameters('toString')⟩"],
    // What a deployment would make of an expression within a variable, or of one that is no text.
    ["[variables('later')]", "⟨variables('later')⟩"],
    ["[variables('count')]", "⟨variables('count')⟩"],
    ['[subscription().tenantId]', '⟨subscription().tenantId⟩'],
    ["[parameters('owner').name]", "⟨parameters('owner').name⟩"],
    ["[parameters('owner')[0]]", "⟨parameters('owner')[0]⟩"],
    ["[concat('a/', uniqueString('b'))]", "a/⟨uniqueString('b')⟩"],
    ["[toLower(parameters('unknown'))]", "⟨toLower(parameters('unknown'))⟩"],
    // What is no expression that is known here is no text that is.
    ["[concat('a' 'b')]", "⟨concat('a' 'b')⟩"],
    ["[concat('a', )]", "⟨concat('a', )⟩"],
    ["[concat('a') more]", "⟨concat('a') more⟩"],
    ['[parameters]', '⟨parameters⟩'],
    ["['open]", "⟨'open⟩"],
    ['[]', '⟨⟩'],
  ])('%s waits for its deployment', (given, expected) => expect(text(given)).toBe(expected));

  it('is not followed without end', () => {
    const nested = (depth: number) => `[${'concat('.repeat(depth)}'a'${')'.repeat(depth)}]`;
    expect(text(nested(50))).toBe('a');
    expect(text(nested(51))).toBe(`⟨${nested(51).slice(1, -1)}⟩`);
    const { length, ...others } = template();
    length.take(4 * 1024 * 1024 - 3);
    expect(() => armText("[concat('abcd')]", { ...others, length })).toThrow('make more than');
  });
});
