import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { azQuestions } from '../../packages/cli/src/live/questions.ts';
import { runCommand } from '../harness/cli.ts';
import { machineEnvironment } from '../harness/process.ts';

const isInstalled = spawnSync('aws', ['--version']).status === 0;
const account = '123456789012';
const hub = 'token.actions.githubusercontent.com';
const arn = `arn:aws:iam::${account}:oidc-provider/${hub}`;

const trust = (subject: string) =>
  encodeURIComponent(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: arn },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' },
            StringLike: { [`${hub}:sub`]: subject },
          },
        },
      ],
    }),
  );
const role = (name: string, subject: string) =>
  `<member><Path>/</Path><RoleName>${name}</RoleName><RoleId>AROAEXAMPLEEXAMPLE</RoleId><Arn>arn:aws:iam::${account}:role/${name}</Arn>` +
  `<CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>${trust(subject)}</AssumeRolePolicyDocument>` +
  '<InstanceProfileList/><RolePolicyList/><AttachedManagedPolicies/></member>';
const answer = (action: string, result: string) =>
  `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result></${action}Response>`;

/** IAM of an account with two pages of roles. Source: IAM API Reference. */
function iamAnswer(asked: URLSearchParams): string | undefined {
  const action = asked.get('Action') ?? '';
  if (action === 'GetAccountAuthorizationDetails')
    return asked.get('Marker') === null
      ? answer(
          action,
          `<IsTruncated>true</IsTruncated><Marker>two</Marker><RoleDetailList>${role('open', 'repo:octo*')}</RoleDetailList>`,
        )
      : answer(
          action,
          `<IsTruncated>false</IsTruncated><RoleDetailList>${role('ours', 'repo:octo/app:*')}</RoleDetailList>`,
        );
  if (action === 'ListOpenIDConnectProviders')
    return answer(action, `<OpenIDConnectProviderList><member><Arn>${arn}</Arn></member></OpenIDConnectProviderList>`);
  if (action === 'GetOpenIDConnectProvider' && asked.get('OpenIDConnectProviderArn') === arn)
    return answer(action, `<Url>${hub}</Url><ClientIDList><member>sts.amazonaws.com</member></ClientIDList>`);
  return undefined;
}

describe.skipIf(!isInstalled)('trust audit --live with the AWS CLI, unchanged (skipped: no "aws" on the path)', () => {
  it('is answered, page by page, and asks for nothing that IAM could mind', async () => {
    const asked: string[] = [];
    const server = createServer(async (request, response) => {
      const form = new URLSearchParams(await text(request));
      const target = request.headers['x-amz-target'];
      asked.push(typeof target === 'string' ? target.replace(/^.*\./, '') : (form.get('Action') ?? ''));
      if (typeof target === 'string') {
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        const Arn = `arn:aws:organizations::${account}:account/o-abcdef1234/${account}`;
        return response.end(JSON.stringify({ Accounts: [{ Id: account, Arn, JoinedMethod: 'INVITED' }] }));
      }
      const body = iamAnswer(form);
      response.writeHead(body ? 200 : 403, { 'content-type': 'text/xml' });
      return response.end(body ?? '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const home = mkdtempSync(join(tmpdir(), 'audit-live-'));
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await runCommand(
      [
        'trust',
        'audit',
        '--live',
        'aws',
        '--region',
        'eu-central-1',
        '--organization',
        '--mine',
        'github:octo',
        '--json',
      ],
      {
        ...(process.env.PATH ? { PATH: process.env.PATH } : {}),
        ...{ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_EC2_METADATA_DISABLED: 'true' },
        ...{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
      },
      home,
    );
    server.close();
    expect({ exitCode, failed: stderr.match(/failed.*/g) }).toEqual({ exitCode: 3, failed: null });
    expect(asked).toEqual([
      ...['GetAccountAuthorizationDetails', 'GetAccountAuthorizationDetails', 'ListOpenIDConnectProviders'],
      ...['GetOpenIDConnectProvider', 'ListAccounts'],
    ]);
    const { entries } = JSON.parse(stdout) as { entries: readonly { address: string; reach: string }[] };
    expect(entries.map(({ address, reach }) => [address.replace(/^.*\//, ''), reach])).toEqual([
      ['open', 'any account'],
      ['ours', 'only mine'],
    ]);
  });
});

const hasAz = spawnSync('az', ['version'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!hasAz)('trust audit --live with the Azure CLI, unchanged (skipped: no "az" on the path)', () => {
  // Of a command line that it does not know az says so before it looks for a sign-in, with exit code 2.
  it.each([
    azQuestions.applications.args,
    azQuestions.ofApplication('00000000-0000-4000-8000-000000000001').args,
    [...azQuestions.identities.args, '--subscription=ci'],
    [...azQuestions.ofIdentity('agents', 'ci').args, '--subscription=ci'],
  ])('it knows %j', (...args) => {
    const home = mkdtempSync(join(tmpdir(), 'audit-live-'));
    const env = { ...machineEnvironment(home), PATH: process.env.PATH, AZURE_CONFIG_DIR: home };
    const all = [...args, '--output', 'json', '--only-show-errors'];
    const { status, stderr } = spawnSync('az', all, { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('az login') });
  });
});
