import fc from 'fast-check';
import { sampledCount } from '../harness/sampled.ts';

/** 2,000 from a fixed seed, 200 in a sample; as many as FUZZ_CASES says, from any seed or that of FUZZ_SEED, in `pnpm fuzz`. */
export const cases = Number(process.env.FUZZ_CASES ?? sampledCount(2_000));
/** As many as share them: the `fuzz` calls that do not say how many they run. */
const targets = 10;

/** Runs a property for its share of the cases. */
export async function fuzz<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => void | Promise<void>,
  numRuns = Math.ceil(cases / targets),
): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (value) => holds(value));
  await fc.assert(property, { numRuns, ...seeded(20_261_121) });
}

/** Where cases begin. @param fixed - the seed of `pnpm test` */
export function seeded(fixed: number): { readonly seed?: number } {
  const { FUZZ_CASES, FUZZ_SEED = FUZZ_CASES === undefined ? fixed : undefined } = process.env;
  return FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) };
}

/** What ends or begins something somewhere: in lines, commands, documents and patterns. */
const fragments = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\u2028',
    '\0',
    ' ',
    '\t',
    '%',
    '%0A',
    '%0D',
    '%3B',
    '%5D',
    '%AZP25',
    ';',
    ']',
    '[',
    '=',
    ':',
    '::',
    '"',
    "'",
    '`',
  ],
  ...[
    '##vso[task.setvariable variable=PATH]x',
    '##[error]',
    '::set-env name=PATH::x',
    '::add-mask::',
    '::stop-commands::x',
    '::error::',
  ],
  ...[
    '<<EOF',
    '\nEOF\n',
    'ghadelimiter_',
    '\nghadelimiter_00000000-0000-0000-0000-000000000000\n',
    'NAME=value\n',
    'PATH<<',
  ],
  ...['$(id)', '`id`', '${{ secrets.A }}', '${aws:username}', '../', '/etc/passwd', 'C:\\', '-', '--', '*', '?'],
  ...[
    'arn:aws:iam::123456789012:role/deploy',
    'arn:aws:',
    '::',
    '123456789012',
    'https://',
    'http://127.0.0.1',
    '@',
    '#',
    'eyJ',
    '.',
  ],
  ...[
    '{',
    '}',
    '[]',
    'null',
    'true',
    '__proto__',
    'constructor',
    '"Statement"',
    'Sid',
    '=,=',
    'a = b',
    '[default]',
    '[profile x]',
  ],
];

/** Texts as an attacker would try them: pieces that mean something, between any characters. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...fragments) }, fc.string(), fc.string({ unit: 'binary' })),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

export const json: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 5 });
