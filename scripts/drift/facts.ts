import { parse } from 'yaml';

/** An answer of a vendor's that is not of the form in which its facts are read. */
export class OtherShape extends Error {}

/** The registered claims, which every issuer's tokens have. Source: RFC 7519, 4.1. */
const registered = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];

/**
 * The claims of an issuer's discovery document, but for the registered ones. Source: OpenID Connect Discovery 1.0, 3.
 *
 * @throws OtherShape
 */
export function claimsOf(text: string): readonly string[] {
  return textsIn(jsonOf(text), 'claims_supported').filter((claim) => !registered.includes(claim));
}

/**
 * The algorithms of an issuer's discovery document.
 *
 * @throws OtherShape
 */
export function algorithmsOf(text: string): readonly string[] {
  return textsIn(jsonOf(text), 'id_token_signing_alg_values_supported');
}

/**
 * The actions on a role, `sts:TagSession`, in AWS's service reference. Source: Service Authorization Reference, "Simplified AWS service
 * information for programmatic access".
 *
 * @throws OtherShape
 */
export function roleActionsOf(text: string): readonly string[] {
  const isOnRole = ({ Resources = [] }: Readonly<Record<string, unknown>>) =>
    listOf(Resources, 'Resources').some((one) => recordOf(one, 'a resource').Name === 'role');
  const actions = actionsOf(text).filter(isOnRole);
  if (actions.length === 0) throw new OtherShape('no action on a role');
  return actions.map((action) => `sts:${nameOf(action, 'Name')}`);
}

/**
 * The condition keys of AssumeRoleWithWebIdentity in AWS's service reference, with its placeholders: `token.actions.${Domain}.ghe.com:actor`.
 *
 * @throws OtherShape
 */
export function webIdentityKeysOf(text: string): readonly string[] {
  const action = actionsOf(text).find(({ Name }) => Name === 'AssumeRoleWithWebIdentity');
  if (!action) throw new OtherShape('no action AssumeRoleWithWebIdentity');
  return textsIn(action, 'ActionConditionKeys');
}

/**
 * The inputs and outputs of an action.yml, `input region (required) = us-east-1`.
 *
 * @throws OtherShape
 */
export function actionFactsOf(text: string): readonly string[] {
  // Azure/login has a condition there that no YAML has: the runner reads it as a text.
  const { inputs, outputs = {} } = recordOf(parsed(() => parse(text.replace(/post-if: \(.*$/m, 'post-if: ""'))));
  const ofInputs = Object.entries(recordOf(inputs, 'inputs')).map(([name, input]) => {
    const { required, default: usual } = recordOf(input, `inputs.${name}`);
    return inputFact(name, required, usual);
  });
  return [...ofInputs, ...Object.keys(recordOf(outputs, 'outputs')).map((name) => `output ${name}`)];
}

/**
 * The inputs with their aliases and the outputs of a task.json.
 *
 * @throws OtherShape
 */
export function taskFactsOf(text: string): readonly string[] {
  const task = jsonOf(text);
  const outputs = listOf(task.OutputVariables ?? task.outputVariables ?? [], 'outputVariables');
  const ofInputs = listOf(task.inputs, 'inputs').map((input) => {
    const one = recordOf(input, 'an input');
    const { aliases = [], required, defaultValue } = one;
    return inputFact([nameOf(one), ...listOf(aliases, 'aliases')].join('/'), required, defaultValue);
  });
  return [...ofInputs, ...outputs.map((output) => `output ${nameOf(recordOf(output, 'an output'))}`)];
}

/**
 * What Entra takes of federated credentials, in the Markdown of Microsoft's page: how many of them, and how many letters.
 *
 * @throws OtherShape
 */
export function entraLimitsOf(text: string): readonly string[] {
  const [, most] = /maximum of (\d+) federated identity credentials/.exec(text) ?? [];
  if (most === undefined) throw new OtherShape('no number of federated credentials');
  const ofMembers = ['issuer', 'subject', 'name'].map((member) => {
    const [item = ''] = new RegExp(`^- \\*${member}\\* is .*$`, 'm').exec(text) ?? [];
    const [, letters] = /character limit of ([\d-]+) characters/.exec(item) ?? [];
    if (letters === undefined) throw new OtherShape(`no number of letters of ${member}`);
    return `letters of ${member} = ${letters}`;
  });
  return [`federated credentials = ${most}`, ...ofMembers];
}

/**
 * The version of a release on GitHub, by the address that `releases/latest` leads to.
 *
 * @throws OtherShape
 */
export function releaseOf(address: string): readonly string[] {
  const [, version] =
    /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/releases\/tag\/(v\d+\.\d+\.\d+)\s*$/.exec(address) ?? [];
  if (version === undefined) throw new OtherShape('no address of a release with a version');
  return [version];
}

function inputFact(name: string, required: unknown, usual: unknown): string {
  const isRequired = required === true ? ' (required)' : '';
  return `input ${name}${isRequired}${usual === undefined || usual === '' ? '' : ` = ${usual}`}`;
}

function actionsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  return listOf(jsonOf(text).Actions, 'Actions').map((one) => recordOf(one, 'an action'));
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  return recordOf(parsed(() => JSON.parse(text)));
}

function parsed(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    throw new OtherShape('it cannot be parsed');
  }
}

function recordOf(value: unknown, name = 'the document'): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new OtherShape(`${name}: no object`);
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new OtherShape(`${name}: no list`);
  return value;
}

function nameOf(record: Readonly<Record<string, unknown>>, member = 'name'): string {
  const name = record[member];
  if (typeof name !== 'string') throw new OtherShape(`${member}: no text`);
  return name;
}

function textsIn(record: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const texts = listOf(record[name], name);
  if (texts.length === 0 || !texts.every((one) => typeof one === 'string')) throw new OtherShape(`${name}: no texts`);
  return texts;
}
