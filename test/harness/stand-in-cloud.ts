/**
 * Stands in for `aws` or `az` of somebody who is signed in: records how it was called, in `$HOME/calls.jsonl`, answers what is in
 * `$HOME/answers.json` by the words of the command, and refuses everything else, as whoever only looks must be able to.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { HOME = '' } = process.env;
const [tool = '', ...args] = process.argv.slice(2);
appendFileSync(join(HOME, 'calls.jsonl'), `${JSON.stringify([tool, ...args])}\n`);
const answers = JSON.parse(readFileSync(join(HOME, 'answers.json'), 'utf8')) as Readonly<Record<string, unknown>>;
// Without what goes with every command.
const command = [tool, ...args].join(' ').replace(/ --output json( --only-show-errors)?$/, '');
const answer = answers[command];
if (answer !== undefined && !(typeof answer === 'object' && answer !== null && 'denied' in answer))
  console.log(JSON.stringify(answer, null, 4));
else {
  const { denied = `ERROR: ${command} is not allowed` } = (answer ?? {}) as { readonly denied?: string };
  console.error(denied);
  process.exitCode = 254;
}
