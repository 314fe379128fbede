import { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { candidatesOf } from './completion-candidates.ts';

const program = new Command('tool').option('-q, --quiet', 'say less');
program
  .command('write')
  .alias('w')
  .description('Write it. And more.')
  .addOption(new Option('--format <format>', 'as what').choices(['json', 'yaml']))
  .addOption(new Option('--secret <x>').hideHelp())
  .option('--file <path>', 'where')
  .addArgument(new Argument('<cloud>').choices(['aws', 'entra']))
  .addArgument(new Argument('[files...]'));
program.command('wipe').description('Remove all.').command('everything').description('All.');
program.command('hidden', { hidden: true });

const values = (...words: string[]) => candidatesOf(program, words).map(({ value }) => value);

describe('what a word may become', () => {
  it.each<[words: string[], wanted: string[]]>([
    [[], ['write', 'wipe', 'help']],
    [[''], ['write', 'wipe', 'help']],
    [['w'], ['write', 'wipe']],
    [['hid'], []],
    [
      ['wipe', ''],
      ['everything', 'help'],
    ],
    [
      ['write', ''],
      ['aws', 'entra'],
    ],
    [['w', 'e'], ['entra']],
    [['write', 'aws', ''], []],
    [['-'], ['--quiet', '--help']],
    [
      ['write', '--'],
      ['--format', '--file', '--help'],
    ],
    [['write', '--fo'], ['--format']],
    [
      ['write', '--format', ''],
      ['json', 'yaml'],
    ],
    [['write', '--format', 'y'], ['yaml']],
    [['write', '--format=y'], ['--format=yaml']],
    [['write', '--format', '=', 'y'], ['yaml']],
    [
      ['write', '--format', '='],
      ['json', 'yaml'],
    ],
    [['write', '--file', ''], []],
    [
      ['write', '--file', 'x', ''],
      ['aws', 'entra'],
    ],
    [['write', '--file', 'x', 'aws', '--fi'], ['--file']],
    [['write', '--', '--fo'], []],
    [['--quiet', 'wi'], ['wipe']],
    [
      ['write', '--unknown', ''],
      ['aws', 'entra'],
    ],
    [['nothing', ''], []],
  ])('%j', (words, wanted) => expect(values(...words)).toEqual(wanted));

  it('is described in one line', () => {
    expect(candidatesOf(program, ['wr'])).toEqual([{ value: 'write', description: 'Write it' }]);
  });
});
