import { type Demand, parseDemand } from '@fedbridge/agent';
import { Option } from 'commander';
import { parsed } from '../../option-values.ts';

/** What an offline agent is called where nothing is said. */
export const placeholderName = 'placeholder';

/** Which pool is meant. */
export function poolOption(): Option {
  return new Option('--pool <name>', 'the agent pool').env('AZP_POOL').makeOptionMandatory();
}

/** What pipelines demand; any number of times. */
export function demandOption(what: string): Option {
  return new Option('--demand <demand>', `${what}: NAME or NAME=VALUE; again for each further one`)
    .argParser(collected)
    .default([], 'none');
}

const collected = (text: string, before: readonly Demand[] = []): readonly Demand[] => [
  ...before,
  parsed(parseDemand)(text),
];
