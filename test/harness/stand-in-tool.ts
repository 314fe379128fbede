/**
 * Stands in for `az` or `pwsh`: records how it was called, in `$HOME/calls.jsonl`, and answers what a step needs. What the
 * real az does is tried in test/interop; of Az.Accounts, what its documentation says is done here. Told to hang, it does; told to fail,
 * it prints the token that it was handed, as a careless tool might.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [program = '', ...args] = process.argv.slice(2);
const { HOME = '', STAND_IN_FAILS, STAND_IN_HANGS, ...environment } = process.env;
const script = program === 'pwsh' ? readFileSync(args[args.indexOf('-File') + 1] ?? '', 'utf8') : undefined;
const connect = script === undefined ? undefined : connectAzAccount(script);
const tokenFile = connect?.tokenFile ?? args.find((arg) => arg.startsWith('@') && !arg.endsWith('.json'))?.slice(1);
const token = tokenFile && readFileSync(tokenFile, 'utf8');
appendFileSync(join(HOME, 'calls.jsonl'), `${JSON.stringify({ program, args, environment, token, connect })}\n`);

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
} else if (connect && !connect.isProcessOnly) {
  // Source: Microsoft Learn, "Azure PowerShell context objects": by default contexts and tokens are saved for all sessions of the user.
  mkdirSync(join(HOME, '.Azure'), { recursive: true });
  writeFileSync(join(HOME, '.Azure', 'AzureRmContext.json'), JSON.stringify(connect.parameters));
  mkdirSync(join(HOME, '.IdentityService'), { recursive: true });
  writeFileSync(join(HOME, '.IdentityService', 'msal.cache'), String(token));
} else if (connect) {
  const { ApplicationId, AccountId = 'the one identity' } = connect.parameters;
  console.log(`connected as ${ApplicationId ?? AccountId}`);
}

/** What a script hands to Connect-AzAccount by a table of literals. */
function connectAzAccount(text: string) {
  const parameters: Record<string, string> = {};
  let file: string | undefined;
  for (const [, name = '', value = ''] of text.matchAll(/^ {2}(\w+) = (.+)$/gm)) {
    const read = /^\[IO\.File\]::ReadAllText\((.+)\)$/.exec(value)?.[1];
    if (read) file = literal(read);
    else parameters[name] = value === '$true' ? 'true' : literal(value);
  }
  const disabled = text.indexOf('Disable-AzContextAutosave -Scope Process');
  const isProcessOnly = disabled >= 0 && disabled < text.indexOf('Connect-AzAccount') && parameters.Scope === 'Process';
  return { parameters, tokenFile: file, isProcessOnly };
}

/** Source: about_Quoting_Rules. */
function literal(text: string): string {
  if (!/^'(?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*'$/.test(text)) throw new Error(`not a literal: ${text}`);
  return text.slice(1, -1).replace(/(['\u2018-\u201b])\1/g, '$1');
}
