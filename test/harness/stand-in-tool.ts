/**
 * Stands in for `az` or `pwsh`: records how it was called, in `$HOME/calls.jsonl`, and answers what a step needs. What the
 * real ones do is tried in test/interop. Told to hang, it does; told to fail, it prints the token that it was handed, as a careless tool might.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [program = '', ...args] = process.argv.slice(2);
const { HOME = '', STAND_IN_FAILS, STAND_IN_HANGS, ...environment } = process.env;
const tokenFile =
  args.find((arg) => arg.startsWith('@') && !arg.endsWith('.json'))?.slice(1) ?? environment.FEDBRIDGE_TOKEN_FILE;
const token = tokenFile && readFileSync(tokenFile, 'utf8');
appendFileSync(join(HOME, 'calls.jsonl'), `${JSON.stringify({ program, args, environment, token })}\n`);

if (STAND_IN_HANGS && args.join(' ').startsWith(STAND_IN_HANGS)) setInterval(() => {}, 1_000);
else if (STAND_IN_FAILS && args.join(' ').startsWith(STAND_IN_FAILS)) {
  console.error(`ERROR: cannot use ${token}`);
  process.exitCode = 1;
} else if (args[0] === 'cloud' && args[1] === 'show') {
  const endpoints = {
    activeDirectory: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com/',
  };
  console.log(JSON.stringify({ endpoints, suffixes: {} }));
}
