/**
 * Tests as well:
 * - packages/cli/src/commands/trust/files.ts
 * - packages/cli/src/commands/trust/migrate.ts
 */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { root } from '../harness/process.ts';
import { sarifErrors } from '../harness/sarif.ts';

/**
 * What tools print, in our own names: all of it lets in every repository of an owner, so that each document has a finding of its own.
 * The policies of permissions and the earlier state that stand beside have none.
 */
const documents = join(root, 'test', 'documents');

const iam = 'https://docs.aws.amazon.com/cli/latest/reference/iam/';
const az = 'https://learn.microsoft.com/cli/azure/';
const role = 'arn:aws:iam::123456789012:role/deploy';

interface Shape {
  /** The page that documents it. */
  readonly source: string;
  /** Each document that is too wide: the line of it, and what it is called. */
  readonly wide: readonly (readonly [line: number, address: string])[];
  /** The same of what cannot be checked. */
  readonly hidden?: readonly (readonly [line: number, address: string])[];
}

const shapes: Readonly<Record<string, Shape>> = {
  'policy.json': { source: `${iam}create-role.html`, wide: [[15, '']] },
  'statements.json': { source: `${iam}get-role.html`, wide: [[13, '']] },
  'aws-get-role.json': { source: `${iam}get-role.html`, wide: [[22, role]] },
  'aws-list-roles.json': {
    source: `${iam}list-roles.html`,
    wide: [
      [23, role],
      [79, role.replace('deploy', 'backup')],
    ],
  },
  'aws-get-account-authorization-details.json': {
    source: `${iam}get-account-authorization-details.html`,
    wide: [[25, role]],
  },
  'iam-api-get-role.json': {
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html',
    wide: [[8, role]],
  },
  'fedbridge-aws.json': { source: 'fedbridge trust aws', wide: [[22, '/trustPolicy']] },
  'fedbridge-entra.json': { source: 'fedbridge trust entra', wide: [[4, '']] },
  'az-ad-app-federated-credential-list.json': { source: `${az}ad/app/federated-credential`, wide: [[10, '']] },
  'az-ad-app-federated-credential-show.json': { source: `${az}ad/app/federated-credential`, wide: [[10, '']] },
  'az-identity-federated-credential-list.json': { source: `${az}identity/federated-credential`, wide: [[10, '']] },
  'az-identity-federated-credential-show.json': { source: `${az}identity/federated-credential`, wide: [[9, '']] },
  'arm-list.json': {
    source: 'https://learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials/list',
    wide: [[9, '']],
  },
  'graph-list.json': {
    source: 'https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials',
    wide: [[12, '']],
  },
  'graph-applications.json': {
    source: 'https://learn.microsoft.com/graph/api/application-list',
    wide: [[16, 'deployer']],
  },
  'powershell-get-azadappfederatedcredential.json': {
    source: 'https://learn.microsoft.com/powershell/module/az.resources/get-azadappfederatedcredential',
    wide: [[11, '']],
  },
  'powershell-get-mgapplicationfederatedidentitycredential.json': {
    source:
      'https://learn.microsoft.com/powershell/module/microsoft.graph.applications/get-mgapplicationfederatedidentitycredential',
    wide: [[9, '']],
  },
  'terraform-show-plan.json': {
    source: 'https://developer.hashicorp.com/terraform/internals/json-format#plan-representation',
    wide: [
      [16, 'aws_iam_role.deploy'],
      [56, '/applications/1'],
      [71, '/applications/1'],
      [86, 'azurerm_federated_identity_credential.c'],
      [103, 'module.ci.aws_iam_role.deploy'],
    ],
    hidden: [[33, 'aws_iam_role.late']],
  },
  'terraform-show-state.json': {
    source: 'https://developer.hashicorp.com/terraform/internals/json-format#state-representation',
    wide: [[16, 'aws_iam_role.deploy']],
  },
  'terraform.tfstate': {
    source: 'https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go',
    wide: [[17, 'module.ci.aws_iam_role.deploy["eu"]']],
  },
  'cloudformation.json': {
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html',
    wide: [[21, 'Resources.Role']],
  },
  'aws-cloudformation-get-template.json': {
    source: 'https://docs.aws.amazon.com/cli/latest/reference/cloudformation/get-template.html',
    wide: [[22, 'Resources.Role']],
  },
  'cloudformation.template': {
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html',
    wide: [
      [23, 'Resources.Role'],
      [31, 'Resources.Text'],
    ],
    hidden: [[27, 'Resources.Hidden']],
  },
  'arm-template.json': {
    source:
      'https://learn.microsoft.com/azure/templates/microsoft.managedidentity/userassignedidentities/federatedidentitycredentials',
    wide: [[30, 'deploy']],
  },
  'bicep-graph.json': {
    source: 'https://learn.microsoft.com/graph/templates/bicep/reference/federatedidentitycredentials',
    wide: [[26, 'deploy']],
  },
};

const folder = mkdtempSync(join(tmpdir(), 'trust-read-'));
const fedbridge = (args: readonly string[], input: string | Buffer = '', cwd = folder) =>
  runCommand(['trust', ...args], {}, cwd, input);

interface Finding {
  readonly rule: string;
  readonly file: string;
  readonly document: string;
  readonly line: number;
}

const tooWide = /^(aws\/(wildcard-repository|no-sub)|entra\/pattern)$/;
const placed = (findings: readonly Finding[], rule: RegExp) =>
  findings.filter((one) => rule.test(one.rule)).map(({ file, line, document }) => `${file}:${line} ${document}`);
const expected = (name: string, file: string, kind: 'wide' | 'hidden' = 'wide') =>
  (shapes[name]?.[kind] ?? []).map(([line, address]) => `${file}:${line} ${address}`);

const crlf = (text: string) => text.replaceAll('\n', '\r\n');
const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16 LE, CRLF, as the redirection of PowerShell': (text) => Buffer.from(`\ufeff${crlf(text)}`, 'utf16le'),
  'UTF-16 BE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};

describe('fedbridge trust lint reads what tools print', () => {
  it('has a shape of every file, and a source of every shape', () => {
    expect(readdirSync(documents).sort()).toEqual(Object.keys(shapes).sort());
    for (const { source } of Object.values(shapes)) expect(source).toMatch(/^(https:|fedbridge)/);
  });

  it.concurrent.each(Object.entries(encodings))('in a folder, in %s', async (title, encode) => {
    const below = join(folder, title, 'a', 'b');
    mkdirSync(below, { recursive: true });
    for (const name of Object.keys(shapes))
      writeFileSync(join(below, name), encode(readFileSync(join(documents, name), 'utf8')));
    const { exitCode, stdout, stderr } = await fedbridge(['lint', title, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
    const findings = JSON.parse(stdout) as Finding[];
    const all = (kind: 'wide' | 'hidden') =>
      Object.keys(shapes).flatMap((name) => expected(name, join(title, 'a', 'b', name), kind));
    expect(placed(findings, tooWide).sort()).toEqual(all('wide').sort());
    expect(placed(findings, /^read\/not-checked$/).sort()).toEqual(all('hidden').sort());
  });

  it.concurrent.each(Object.keys(shapes))('on standard input: %s', async (name) => {
    const { exitCode, stdout } = await fedbridge(
      ['lint', '-', '--format', 'sarif'],
      readFileSync(join(documents, name)),
    );
    expect(exitCode).toBe(3);
    const [{ results }] = JSON.parse(stdout).runs;
    const lines = results
      .filter(({ ruleId }: { ruleId: string }) => tooWide.test(ruleId))
      .map(
        ({ locations }: { locations: { physicalLocation: { region: { startLine: number } } }[] }) =>
          locations[0]?.physicalLocation.region.startLine,
      );
    expect(lines.sort()).toEqual((shapes[name]?.wide ?? []).map(([line]) => line).sort());
  });

  it('several, named, in order; SARIF and text name file and line', async () => {
    const names = ['policy.json', 'aws-list-roles.json'].map((name) => join(documents, name));
    const [json, sarif, text] = await Promise.all([
      fedbridge(['lint', ...names, '--json']),
      fedbridge(['lint', ...names, '--format', 'sarif']),
      fedbridge(['lint', ...names]),
    ]);
    const wide = names.flatMap((file, index) => expected(['policy.json', 'aws-list-roles.json'][index] ?? '', file));
    expect(placed(JSON.parse(json.stdout), tooWide)).toEqual(wide);
    const log = JSON.parse(sarif.stdout);
    expect(sarifErrors(log)).toEqual([]);
    const [{ results }] = log.runs;
    expect(results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: names[0] },
      region: { startLine: 15, startColumn: 21 },
    });
    expect(text.stdout).toContain(
      `error aws/wildcard-repository ${names[1]}:79:33 ${role.replace('deploy', 'backup')} Statement[0]: `,
    );
  });

  it('documents one after the other, and a template with its parameters', async () => {
    const one = readFileSync(join(documents, 'aws-get-role.json'), 'utf8');
    const [both, template] = await Promise.all([
      fedbridge(['lint', '--json'], one + one),
      fedbridge([
        ...['lint', join(documents, 'cloudformation.template'), '--json', '--parameter', 'Owner=octo'],
        ...['--parameter', 'AWS::AccountId=123456789012', '--parameter', 'AWS::Partition=aws'],
      ]),
    ]);
    expect(placed(JSON.parse(both.stdout), tooWide)).toEqual([`stdin:22 ${role}`, `stdin:52 ${role}`]);
    const rules = (JSON.parse(template.stdout) as Finding[]).map(({ rule }) => rule);
    expect(rules).not.toContain('read/unresolved');
  });
});

it('the example of the documentation is what it prints', async () => {
  const page = readFileSync(join(root, 'docs', 'trust.md'), 'utf8');
  const [, line = '', output] = /```console\n\$ fedbridge trust (lint policy\.json .*)\n([\s\S]*?)```/.exec(page) ?? [];
  expect(await fedbridge(line.split(' '), '', documents)).toMatchObject({ exitCode: 3, stdout: output });
});

describe('fedbridge trust, of what it cannot read', () => {
  const write = (name: string, text: string | Buffer) => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  it.concurrent.each([
    ['broken.json', '{\n  "Statement": [,]\n}', 'broken.json:2:17: not JSON: '],
    ['broken16.json', Buffer.from('\ufeff{\r\n"a" 1}', 'utf16le'), 'broken16.json:2:5: not JSON: a colon'],
    ['broken.yaml', 'Resources:\n  a: [1\n', /broken\.yaml:\d:\d+: /],
    ['empty.json', ' \n', 'empty.json is empty.'],
    ['nothing.json', '{"Roles": []}', 'What to do:\n  Give a policy with Statement, '],
    ['none.json', '{"Roles": []}', 'none.json has neither a trust policy nor federated credentials.'],
    ['main.tf', 'resource "x" "y" {}', 'terraform show -json'],
    ['main.bicep', "param x string = 'y'", 'az bicep build'],
    ['yaml.json', '{"TemplateBody": "Resources: {}"}', '--query TemplateBody --output text'],
    [
      'inner.json',
      '{"Role": {"Arn": "a", "AssumeRolePolicyDocument": "{"}}',
      'inner.json:1:23: the policy a is not JSON: line 1, column 2 of its text: ',
    ],
    ['deep.json', `${'['.repeat(300)}${']'.repeat(300)}`, 'deep.json:1:201: it is nested deeper than 200 levels.'],
    ['latin1.json', Buffer.from('{"n\u00e4me": 1}', 'latin1'), 'latin1.json is not text in UTF-8: line 1, column 4.'],
  ])('%s: exit code 2, with file and place', async (name, text, message) => {
    const { exitCode, stdout, stderr } = await fedbridge(['lint', write(name, text)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(typeof message === 'string' ? message : message);
    if (typeof message === 'string') expect(stderr).toContain(message);
  });

  it('in a folder what is no document is passed by, a broken document is not', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(join(mixed, 'node_modules'), { recursive: true });
    mkdirSync(join(mixed, '.git'));
    writeFileSync(join(mixed, 'tsconfig.json'), '{ // not JSON\n}');
    writeFileSync(join(mixed, 'read.json'), '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}');
    writeFileSync(join(mixed, 'values.yaml'), 'a: {{ .Values.x }}\n');
    for (const name of ['node_modules', '.git']) writeFileSync(join(mixed, name, 'a.json'), '{"Statement": [');
    writeFileSync(join(folder, 'outside.json'), '{"Statement": [');
    symlinkSync(join(folder, 'outside.json'), join(mixed, 'link.json'));
    symlinkSync(mixed, join(mixed, 'round'));
    const nothing = await fedbridge(['lint', 'mixed']);
    expect(nothing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('mixed has neither a trust policy') });
    cpSync(join(documents, 'policy.json'), join(mixed, 'trust.json'));
    expect(await fedbridge(['lint', 'mixed'])).toMatchObject({ exitCode: 3, stderr: '' });
    writeFileSync(join(mixed, 'broken.json'), '{"Statement": [');
    const broken = await fedbridge(['lint', 'mixed']);
    expect(broken).toMatchObject({ exitCode: 3, stderr: '' });
    expect(broken.stdout).toContain(`error read/not-read ${join('mixed', 'broken.json')}:1:16: `);
    expect(broken.stdout).toContain(join('mixed', 'trust.json'));
  });

  it('lint reports a file that cannot be read with its place, and goes on with the others', async () => {
    const names = [
      write('apart.json', '{\n  "Statement": [,]\n}'),
      join(documents, 'policy.json'),
      write('apart.yaml', 'Resources:\n  a: [1\n'),
      write('blank.json', ' '),
      write('beside.json', '{}'),
      write('apart.bin', Buffer.from('{"n\u00e4me": 1}', 'latin1')),
      'nowhere.json',
      join(documents, 'aws-get-role.json'),
    ];
    const [json, sarif, text] = await Promise.all([
      fedbridge(['lint', ...names, '--json']),
      fedbridge(['lint', ...names, '--format', 'sarif']),
      fedbridge(['lint', ...names]),
    ]);
    for (const { exitCode, stderr } of [json, sarif, text])
      expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
    const findings: Finding[] = JSON.parse(json.stdout);
    expect(placed(findings, /^read\/not-read$/)).toEqual([
      'apart.json:2 ',
      'apart.yaml:3 ',
      'blank.json:1 ',
      'beside.json:1 ',
      'apart.bin:1 ',
      'nowhere.json:1 ',
    ]);
    expect(findings.some(({ file }) => file === names[1])).toBe(true);
    expect(findings.some(({ file }) => file === names.at(-1))).toBe(true);
    expect(text.stdout).toContain(
      'error read/not-read apart.json:2:17: A file that cannot be read. Reading it ended: not JSON: ',
    );
    const [run] = JSON.parse(sarif.stdout).runs;
    expect(run.results[0]).toMatchObject({
      ruleId: 'read/not-read',
      locations: [{ physicalLocation: { region: { startLine: 2, startColumn: 17 } } }],
    });
  });

  it('says that a page is not all', async () => {
    const page = { '@odata.nextLink': 'https://graph.microsoft.com/v1.0/next', value: [] };
    const { stderr } = await fedbridge(['lint'], JSON.stringify(page));
    expect(stderr).toBe('Standard input is one page of a list: what follows is not read.\n');
  });
});

describe('fedbridge trust test and migrate read the same', () => {
  const claims = JSON.stringify({
    ...{ iss: 'https://token.actions.githubusercontent.com', aud: 'sts.amazonaws.com' },
    sub: 'repo:octo@65001/app@724113:ref:refs/heads/main',
  });
  const roles = join(documents, 'aws-list-roles.json');

  it('test: each document, and whether any lets the job in', async () => {
    const [text, json, single, none] = await Promise.all([
      fedbridge(['test', roles], claims),
      fedbridge(['test', roles, '--json'], claims),
      fedbridge(['test', join(documents, 'policy.json'), '--json'], claims),
      fedbridge(['test', '--document', roles], claims.replace('65001', '65002')),
    ]);
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toContain(`${roles}:9:13 ${role}: Allowed.`);
    const { allowed, documents: tested } = JSON.parse(json.stdout);
    expect({ allowed, tested }).toMatchObject({ allowed: true, tested: [{ address: role, allowed: true }, {}, {}] });
    expect(JSON.parse(single.stdout)).toEqual({ allowed: true, why: expect.any(Array) });
    expect(none.exitCode).toBe(3);
  });

  it('test: what a template does not tell is no verdict, but for the account of a provider', async () => {
    const template = join(documents, 'cloudformation.template');
    const alone = join(documents, 'arm-template.json');
    const unknown = await fedbridge(['test', alone], claims);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(`${alone}:30:17: `) });
    const some = ['test', template, '--parameter', 'Owner=octo@65001'];
    const [text0, allowed, denied] = await Promise.all([
      fedbridge(some, claims),
      fedbridge([...some, '--json'], claims),
      fedbridge([...some, '--json'], claims.replace('token.actions.githubusercontent', 'gitlab')),
    ]);
    expect(text0).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text0.stdout).toContain(
      `${template}:27:7 Resources.Hidden: Not tested.\n${template}:27:7: the file does not`,
    );
    const verdicts = (stdout: string) =>
      JSON.parse(stdout).documents.map((one: { allowed: boolean | null }) => one.allowed);
    expect(allowed.exitCode).toBe(0);
    expect(JSON.parse(allowed.stdout).allowed).toBe(true);
    expect(verdicts(allowed.stdout)).toEqual([true, null, true]);
    expect(denied.exitCode).toBe(2);
    expect(JSON.parse(denied.stdout).allowed).toBeNull();
    expect(verdicts(denied.stdout)).toEqual([false, null, false]);
    const text = readFileSync(template, 'utf8').replace(/ {2}Hidden:[\s\S]*?(?= {2}Text:)/, '');
    writeFileSync(join(folder, 'known.yaml'), text);
    const known = await fedbridge(['test', 'known.yaml', '--parameter', 'Owner=octo@65001', '--json'], claims);
    expect(JSON.parse(known.stdout)).toMatchObject({
      allowed: true,
      documents: [{ address: 'Resources.Role', allowed: true }, {}],
    });
  });

  it('migrate: one document alone, several with their places', async () => {
    const to = ['migrate', '--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'];
    const names = ['aws-get-role.json', 'powershell-get-azadappfederatedcredential.json'].map((name) =>
      join(documents, name),
    );
    const old = names.map((name, index) => {
      const file = `old-${index}.json`;
      writeFileSync(
        join(folder, file),
        readFileSync(name, 'utf8').replaceAll('repo:octo@65001/*', 'repo:octo/app:ref:refs/heads/main'),
      );
      return file;
    });
    const [one, several, hidden] = await Promise.all([
      fedbridge([...to, old[0] ?? '']),
      fedbridge([...to, ...old, '--json']),
      fedbridge([...to, join(documents, 'cloudformation.template')]),
    ]);
    expect(JSON.parse(one.stdout)).toHaveProperty('Statement');
    const [aws, entra] = JSON.parse(several.stdout);
    expect(aws).toMatchObject({ file: 'old-0.json', address: role, document: { Version: '2012-10-17' } });
    expect(entra.document.map(({ Subject }: { Subject: string }) => Subject)).toContain(
      'repo:octo@65001/app@724113:ref:refs/heads/main',
    );
    expect(hidden).toMatchObject({ exitCode: 2, stdout: '' });
    const template = join(documents, 'cloudformation.template');
    writeFileSync(join(folder, 'mixed.json'), '[{"issuer": "https://i", "subject": "s", "audiences": ["a"]},\n 7]');
    const [whole, json, mixed] = await Promise.all([
      fedbridge([...to, old[0] ?? '', template]),
      fedbridge([...to, old[0] ?? '', template, '--json']),
      fedbridge([...to, old[0] ?? '', 'mixed.json']),
    ]);
    expect(mixed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('mixed.json:2:2: The list has') });
    for (const { exitCode } of [whole, json]) expect(exitCode).toBe(3);
    expect(whole.stderr).toContain(`: Not covered: All of it. ${template}:`);
    const printed = JSON.parse(json.stdout);
    expect(printed[0]).toMatchObject({ file: 'old-0.json', document: { Version: '2012-10-17' }, notCovered: [] });
    expect(printed[1]).toMatchObject({ file: template, document: null, notCovered: [{ where: 'All of it' }] });
    expect(JSON.parse(whole.stdout)[1]).toMatchObject({ file: template, document: null });
  });

  it('a file that cannot be read, and does the others', async () => {
    writeFileSync(join(folder, 'cut.json'), '{"Statement": [');
    const names = ['cut.json', 'nowhere.json', join(documents, 'policy.json')];
    const to = ['migrate', '--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'];
    const [who, whoJson, beyond, tested, testedJson, denied, migrated, migratedJson] = await Promise.all([
      fedbridge(['who', ...names, '--mine', 'github:octo']),
      fedbridge(['who', ...names, '--mine', 'github:octo', '--json']),
      fedbridge(['who', ...names, '--mine', 'github:acme']),
      fedbridge(['test', ...names], claims),
      fedbridge(['test', ...names, '--json'], claims),
      fedbridge(['test', ...names, '--json'], claims.replace('65001', '65002')),
      fedbridge([...to, ...names]),
      fedbridge([...to, ...names, '--json']),
    ]);
    expect(who).toMatchObject({ exitCode: 2, stderr: '' });
    expect(who.stdout).toMatch(
      /^Only what you named .* Of what was not read nothing is known\.\nnot read: cut\.json:1:16: /,
    );
    expect(JSON.parse(whoJson.stdout)).toMatchObject({
      ...{ reach: 'only mine', exact: false, notRead: [{ file: 'cut.json' }, { file: 'nowhere.json' }] },
      documents: [{ file: names[2], reach: 'only mine' }],
    });
    expect(beyond.exitCode).toBe(3);
    expect(tested.exitCode).toBe(0);
    expect(tested.stdout).toMatch(/^cut\.json: Not tested\.\ncut\.json:1:16: [\s\S]*: Allowed\.\n/);
    expect(JSON.parse(testedJson.stdout)).toMatchObject({
      allowed: true,
      documents: [{ file: 'cut.json', allowed: null }, { allowed: null }, { allowed: true }],
    });
    expect(denied.exitCode).toBe(2);
    expect(JSON.parse(denied.stdout).allowed).toBeNull();
    expect(migrated.exitCode).toBe(2);
    expect(migrated.stderr).toContain('cut.json: Not covered: All of it. cut.json:1:16: ');
    expect(JSON.parse(migrated.stdout)).toMatchObject([
      ...[
        { file: 'cut.json', document: null },
        { file: 'nowhere.json', document: null },
      ],
      { document: { Version: '2012-10-17' } },
    ]);
    expect(migratedJson.exitCode).toBe(2);
    expect(JSON.parse(migratedJson.stdout)[1]).toMatchObject({ notCovered: [{ where: 'All of it' }] });
  });

  it('migrate: credentials come back in the shape in which they were printed', async () => {
    const files = readdirSync(documents).filter((name) => /^(az|arm-list|graph|powershell)/.test(name));
    expect(files).toHaveLength(9);
    const before = files.map((name) =>
      readFileSync(join(documents, name), 'utf8').replaceAll('repo:octo@65001/*', 'repo:octo/app:ref:refs/heads/main'),
    );
    for (const [index, name] of files.entries()) writeFileSync(join(folder, `shape-${name}`), before[index] ?? '');
    const to = ['migrate', '--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'];
    const { exitCode, stdout } = await fedbridge([...to, ...files.map((name) => `shape-${name}`)]);
    expect(exitCode).toBe(0);
    const migrated: readonly { file: string; document: unknown }[] = JSON.parse(stdout);
    const withoutAdded = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.filter((one) => !/-immutable$/.test(one?.name ?? one?.Name)).map(withoutAdded)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutAdded(member)]))
          : value;
    for (const [index, name] of files.entries()) {
      const [own, ...more] = migrated.filter(({ file }) => file === `shape-${name}`).map(({ document }) => document);
      const whole = JSON.parse(before[index] ?? '');
      // Each application of several by itself; and of one alone a list is made.
      const expected = name === 'graph-applications.json' ? whole.value : [whole];
      expect(JSON.stringify(own), name).toContain('repo:octo@65001/app@724113:ref:refs/heads/main');
      expect(
        [own, ...more].map(withoutAdded).map((one) => (Array.isArray(whole) ? one : [one].flat()[0])),
        name,
      ).toEqual(expected);
    }
  });

  it('migrate: an error has the position of the file, whatever numbers stand before it', async () => {
    writeFileSync(join(folder, 'broken.json'), '{"a": 12345678901234567890, "b": 1.0, x}');
    const { exitCode, stderr } = await fedbridge([
      'migrate',
      'broken.json',
      '--github',
      'octo/app',
      '--owner-id',
      '1',
      '--repository-id',
      '2',
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('broken.json:1:39: not JSON'),
    });
  });
});

describe('a member that stands twice', () => {
  it('is not migrated: the last alone would be left of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'twice-'));
    const policy = readFileSync(join(documents, 'policy.json'), 'utf8');
    const twice = policy.replace('"Version"', '"Id": "a", "Id": "b", "Version"');
    expect(twice).not.toBe(policy);
    writeFileSync(join(folder, 'twice.json'), twice);
    const ids = ['--owner-id', '65001', '--repository-id', '724113'];
    const ended = await runCommand(['trust', 'migrate', 'twice.json', '--github', 'octo/app', ...ids], {}, folder);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain('Id stands more than once');
  });
});

describe('A template that names the account of an OIDC provider by what a deployment knows', () => {
  const hub = 'token.actions.githubusercontent.com';
  const claims = { iss: `https://${hub}`, aud: 'sts.amazonaws.com', sub: 'repo:octo/app:ref:refs/heads/main' };
  const template = join(folder, 'provider.yaml');
  const others = join(folder, 'claims.json');
  writeFileSync(others, JSON.stringify(claims));
  writeFileSync(
    template,
    `Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: { Federated: !Sub "arn:aws:iam::\${AWS::AccountId}:oidc-provider/${hub}" }
          Action: sts:AssumeRoleWithWebIdentity
          Condition: { StringEquals: { "${hub}:aud": ${claims.aud}, "${hub}:sub": "${claims.sub}" } }
`,
  );

  it('is read alike by all commands; what is printed to be deployed takes the account', async () => {
    const mine = ['--mine', 'github:octo'];
    const migrate = ['migrate', template, '--github', 'octo/app', '--owner-id', '1', '--repository-id', '2'];
    const [who, lint, test, diff, audit, refused, given] = await Promise.all(
      [
        ['who', template, ...mine],
        ['lint', template],
        ['test', template, '--claims', others],
        ['diff', template, template, ...mine],
        ['audit', template, ...mine],
        migrate,
        [...migrate, '--parameter', 'AWS::AccountId=123456789012'],
      ].map((args) => fedbridge(args)),
    );
    expect([who, lint, test, diff, audit].map((one) => one?.exitCode)).toEqual([0, 0, 0, 0, 0]);
    expect(who?.stdout).toContain('Only what you named as yours is allowed.');
    expect(test?.stdout).toContain('Allowed.');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('AWS::AccountId') });
    expect(given?.exitCode).toBe(0);
    expect(given?.stdout).toContain('repo:octo@1/app@2:ref:refs/heads/main');
  });
});
