/**
 * Stands in for a signed-in `az` with what the commands of a page ask for. Where the real one is on this machine (`REAL_AZ`), that parses
 * the command line first: of one that it does not know it says so before it looks for a sign-in, with another exit code.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { ids, principal, subjects } from './names.ts';

const args = process.argv.slice(2);
const { HOME = '', PATH = '', REAL_AZ } = process.env;

/** The value of an option, as `--name value` or `--name=value`. */
function option(name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at === -1) return undefined;
  return args[at]?.includes('=') ? args[at]?.slice(name.length + 1) : args[at + 1];
}

const read = (text = '') => JSON.parse(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text);
const issuer = `https://login.microsoftonline.com/${ids.tenant}/v2.0`;

/** What there is, by the command or the path of a URL, and in it by `--query`. */
const answers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'ad app create': { appId: ids.app },
  'ad sp create': { id: principal },
  'account show': { id: ids.subscription, tenantId: ids.tenant, name: 'Production' },
  'role assignment create': {},
  'ad app federated-credential create': {},
  '/contoso/_apis/connectionData': { instanceId: ids.organization },
  '/contoso/_apis/projects/web': { id: ids.project },
  '/contoso/_apis/serviceendpoint/endpoints': {
    'authorization.parameters.{issuer:workloadIdentityFederationIssuer,subject:workloadIdentityFederationSubject}': {
      issuer,
      subject: subjects.newConnection,
    },
  },
};

if (REAL_AZ) {
  const env = { PATH, HOME, AZURE_CONFIG_DIR: HOME };
  const { status, stderr } = spawnSync(REAL_AZ, [...args, '--only-show-errors'], { env, encoding: 'utf8' });
  if (status !== 1 || !stderr.includes('az login')) throw new Error(`az does not know ${args.join(' ')}: ${stderr}`);
}
const url = option('--url');
const command = url
  ? new URL(url).pathname
  : args
      .slice(
        0,
        args.findIndex((arg) => arg.startsWith('-')),
      )
      .join(' ');
const answer = answers[command];
if (!answer) throw new Error(`not known here: ${command}`);
const given = option('--parameters') ?? option('--body');
const document = given === undefined ? undefined : read(given);
appendFileSync(`${HOME}/az.jsonl`, `${JSON.stringify({ command, args, document })}\n`);
const query = option('--query');
const value = query === undefined ? { ...document, ...answer } : answer[query];
if (value === undefined) throw new Error(`not known here: ${command} --query ${query}`);
if (option('--output') === 'none') process.exitCode = 0;
else console.log(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
