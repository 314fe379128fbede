import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliScript } from '../harness/cli.ts';
import { machineEnvironment } from '../harness/process.ts';
import { python, pythonHas } from '../harness/python.ts';
import { ids } from '../harness/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'documents-'));
const script = join(import.meta.dirname, 'parse-trust.py');
const hasParsers = pythonHas('hcl2', 'cfnlint', 'policyuniverse', 'tree_sitter', 'tree_sitter_bicep');
const terraformEnvironment = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
const hasTerraform = spawnSync('terraform', ['version'], { env: terraformEnvironment }).status === 0;

const hub = 'token.actions.githubusercontent.com';
const aws = ['aws', '--account', ids.account];
const application = ['entra', '--application', ids.app];
const identity = ['entra', '--managed-identity', 'agents', '--resource-group', 'ci'];
/** A name with everything that one of the languages takes for its own. */
const hostile = ['it\'s "$', '{x}" %{y} \\z $(id) `id` $', '{aws:username}'].join('');
/** As IAM wants what is not a variable. */
const inIam = (text: string) => text.replaceAll(/\$(?=\{)/g, '$${$$}');
const subject = `repo:octo/app:environment:${hostile.replaceAll(':', '%3A')}`;
const environments = [
  ['a plain environment', 'production', 'repo:octo/app:environment:production'],
  ['an environment with a hostile name', hostile, subject],
] as const;

/** What needs an expression at Entra. */
const anyRef = ['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113', '--any-ref'];
const expression =
  "claims['sub'] matches 'repo:octo@65001/app@724113:*' and claims['repository_id'] eq '724113' and claims['repository_owner_id'] eq '65001'";
/** A token whose subject each language takes for its own. */
const hostileToken = () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://issuer.example.com', sub: hostile, aud: '-x@y', exp: 2_000_000_000 };
  return [part({ alg: 'RS256' }), part(claims), 'c2ln'].join('.');
};

function write(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [cliScript, 'trust', ...args], {
    env: machineEnvironment(folder),
    encoding: 'utf8',
    input: args.includes('--from-token') ? hostileToken() : '',
  });
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

function parsed(format: string, text: string): unknown {
  const { stdout, stderr } = spawnSync(python, [script], {
    input: `${JSON.stringify({ format, text })}\n`,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** What Terraform makes of an expression. */
function evaluated(expression: string): string {
  writeFileSync(join(folder, 'main.tf'), `locals {\n  text = ${expression}\n}\n`);
  const { stdout, stderr } = spawnSync('terraform', ['console'], {
    input: 'base64encode(local.text)\n',
    env: terraformEnvironment,
    cwd: folder,
    encoding: 'utf8',
  });
  if (!stdout.startsWith('"')) throw new Error(`${stdout}${stderr}`);
  return Buffer.from(JSON.parse(stdout), 'base64').toString();
}

describe.skipIf(!hasParsers)('parsers and linters of others (skipped: they are not installed for python3)', () => {
  describe.each(environments)('%s', (_title, name, presented) => {
    const job = ['--github', 'octo/app', '--environment', name];

    it('a parser of IAM policies reads the trust policy, and finds it open to nobody else', () => {
      const { trustPolicy } = JSON.parse(write(...aws, ...job));
      expect(parsed('json', JSON.stringify(trustPolicy))).toEqual({
        principals: [`arn:aws:iam::${ids.account}:oidc-provider/${hub}`],
        actions: ['sts:AssumeRoleWithWebIdentity'],
        conditions: {
          StringEquals: {
            [`${hub}:aud`]: 'sts.amazonaws.com',
            [`${hub}:sub`]: inIam(presented),
          },
        },
        isOpen: false,
      });
    });

    it('a parser of Terraform reads every document', () => {
      for (const place of [aws, application, identity]) {
        expect(parsed('terraform', write(...place, ...job, '--format', 'terraform'))).toMatchObject({
          resource: expect.any(Array),
        });
      }
    });

    it("CloudFormation's linter finds nothing", () => {
      expect(parsed('cloudformation', write(...aws, ...job, '--format', 'cloudformation'))).toEqual([]);
    });

    it('a parser of Bicep reads every document', () => {
      for (const place of [application, identity]) {
        // Its grammar is older than the statement that names an extension.
        const named = place === application ? ['--unique-name', 'deploy'] : [];
        const text = write(...place, ...job, ...named, '--format', 'bicep').replace(/^extension \w+\n/, '');
        expect(parsed('bicep', text)).toEqual([]);
      }
    });
  });

  it('read an expression, and what a hostile token has, in every language', () => {
    for (const place of [application, identity]) {
      const named = place === application ? ['--unique-name', 'deploy'] : [];
      for (const whom of [anyRef, ['--from-token']]) {
        expect(parsed('terraform', write(...place, ...whom, '--format', 'terraform'))).toMatchObject({
          resource: expect.any(Array),
        });
        const text = write(...place, ...whom, ...named, '--format', 'bicep').replace(/^extension \w+\n/, '');
        expect(parsed('bicep', text)).toEqual([]);
      }
    }
    expect(parsed('cloudformation', write(...aws, '--from-token', '--format', 'cloudformation'))).toEqual([]);
    expect(parsed('terraform', write(...aws, '--from-token', '--format', 'terraform'))).toHaveProperty('resource');
  });

  it('they do find what is wrong', () => {
    expect(parsed('bicep', "resource x 'y' = {")).not.toEqual([]);
    expect(parsed('cloudformation', '{"Resources": {"Role": {"Type": "AWS::IAM::Role"}}}')).not.toEqual([]);
    expect(() => parsed('terraform', 'resource "x" {')).toThrow();
  });
});

describe.skipIf(!hasTerraform)('Terraform itself (skipped: no "terraform" on the path)', () => {
  it.each(environments)(
    '%s: lays the documents out as they are, and reads the same texts',
    (_title, name, presented) => {
      for (const place of [aws, application, identity]) {
        const text = write(...place, '--github', 'octo/app', '--environment', name, '--format', 'terraform');
        const { status, stdout, stderr } = spawnSync('terraform', ['fmt', '-check', '-diff', '-'], {
          input: text,
          env: terraformEnvironment,
          encoding: 'utf8',
        });
        expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
        if (place === aws) {
          const call = /jsonencode\(\{[\s\S]*?\n {2}\}\)/.exec(text)?.[0] ?? '';
          const [statement] = JSON.parse(evaluated(call)).Statement;
          expect(statement.Condition.StringEquals[`${hub}:sub`]).toBe(inIam(presented));
        } else {
          expect(evaluated(/subject +=(.*)/.exec(text)?.[1] ?? '')).toBe(presented);
        }
      }
    },
  );
});

describe.skipIf(!hasTerraform)(
  'Terraform itself, of an expression and of a hostile token (skipped: no "terraform")',
  () => {
    it.each([
      ['an expression on an application', [...application, ...anyRef], /claims_matching_expression +=(.*)/, expression],
      ['an expression on a managed identity', [...identity, ...anyRef], /"value" +=(.*)/, expression],
      ['a hostile token on an application', [...application, '--from-token'], /subject +=(.*)/, hostile],
      ['a hostile token on a managed identity', [...identity, '--from-token'], /subject +=(.*)/, hostile],
      ['a hostile token at AWS', [...aws, '--from-token'], /:sub" +=(.*)/, inIam(hostile)],
    ] as const)('%s', (_title, args, value, wanted) => {
      const text = write(...args, '--format', 'terraform');
      const { status, stdout, stderr } = spawnSync('terraform', ['fmt', '-check', '-diff', '-'], {
        input: text,
        env: terraformEnvironment,
        encoding: 'utf8',
      });
      expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
      expect(evaluated(value.exec(text)?.[1] ?? '')).toBe(wanted);
    });
  },
);

describe.each(environments)('a shell: %s', (_title, name, presented) => {
  it.each([
    ['aws', [...aws, '--format', 'aws']],
    ['az', [...application, '--format', 'az']],
    ['az', [...identity, '--format', 'az']],
  ])('%s gets each argument as it was meant', (program, place) => {
    const commands = write(...place, '--github', 'octo/app', '--environment', name);
    const show = `${program}() { for one in "$@"; do printf '%s\\0' "$one"; done; }\n${commands}`;
    const { stdout } = spawnSync('sh', ['-c', show], { encoding: 'utf8', env: {} });
    const given = stdout.split('\0').map((word) => jsonOf(word.slice(word.indexOf('=') + 1)) ?? word);
    const written = JSON.stringify(given);
    const wanted = program === 'aws' ? inIam(presented) : presented;
    expect(written).toContain(JSON.stringify(wanted).slice(1, -1));
    expect(written).not.toContain('uid=');
  });
});

/** A value in JSON, as the tool reads it. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
