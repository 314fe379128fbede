/**
 * `pnpm drift` reads what vendors publish and prints a table of what has moved since the project took it over: 3 if something has, else 1
 * if something could not be read. `--from FOLDER` reads copies of the answers, and `--write FOLDER` stores the answers that moved, at
 * their paths in the repository: these are what the weekly pull request changes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answersFrom, answersOfVendors } from './drift/answers.ts';
import { driftOf, exitCodeOf, hasMoved, tableOf } from './drift/compare.ts';
import { sources } from './drift/sources.ts';

const { values } = parseArgs({ options: { from: { type: 'string' }, write: { type: 'string' } } });
const answerOf = values.from === undefined ? answersOfVendors(fetch) : answersFrom(values.from);
const drifts = await Promise.all(sources.map((source) => driftOf(source, answerOf)));
if (values.write !== undefined)
  for (const { source, answer } of drifts.filter(hasMoved))
    writeFileSync(join(values.write, source.copy), answer ?? '');
process.stdout.write(tableOf(drifts));
process.exitCode = exitCodeOf(drifts);
