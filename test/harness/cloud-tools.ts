import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Setup } from '@fedbridge/emulator';
import { cliScript } from './cli.ts';
import { machineEnvironment, root, type Variables } from './process.ts';
import { ids } from './setup.ts';
import { compiled } from './stand-in-tools.ts';

export const hasAwsCli = spawnSync('aws', ['--version']).status === 0;
export const [realAz = ''] = spawnSync('which', ['az'], { encoding: 'utf8' }).stdout.split('\n');

/** What the commands of a page made. */
type MadeCloud = Required<Pick<Setup, 'accounts' | 'tenants'>>;

interface AzCall {
  readonly command: string;
  readonly args: readonly string[];
  /** What it was given as JSON. */
  readonly document?: Required<Setup>['tenants'][number]['applications'][number]['federatedCredentials'][number];
}

/** A machine on which `fedbridge`, `aws`, `az` and `gh` are, signed in to clouds that there are not. */
export interface CloudTools extends AsyncDisposable {
  readonly environment: Variables;
  /** What az was asked. */
  azCalls(): AzCall[];
  made(): MadeCloud;
}

/** @param folder - the home, and where the tools go */
export async function startCloudTools(folder: string): Promise<CloudTools> {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = (name: string, line: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program('fedbridge', `exec '${process.execPath}' '${cliScript}' "$@"`);
  program('npm', '[ "$*" = "install --global fedbridge" ]');
  program('az', `${compiled} exec '${process.execPath}' '${join(root, 'test/harness/stand-in-az.ts')}' "$@"`);
  program('gh', `[ "$1" = api ] && echo 'created 2026-09-14T08:12:55Z, --owner-id 65001 --repository-id 724113'`);
  program('node', `exec '${process.execPath}' "$@"`);
  const iam = await startIam();
  const { PATH = '', ...machine } = machineEnvironment(folder);
  return {
    environment: {
      ...machine,
      PATH: `${bin}:${PATH}`,
      REAL_AZ: realAz,
      AWS_ENDPOINT_URL_IAM: iam.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    azCalls,
    made: () => ({
      accounts: [{ id: ids.account, oidcProviders: iam.oidcProviders, roles: iam.roles }],
      tenants: [
        {
          id: ids.tenant,
          applications: [
            {
              clientId: ids.app,
              federatedCredentials: azCalls().flatMap(({ command, document }) =>
                command === 'ad app federated-credential create' && document ? [document] : [],
              ),
            },
          ],
        },
      ],
    }),
    [Symbol.asyncDispose]: iam.close,
  };

  function azCalls(): AzCall[] {
    const file = join(folder, 'az.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines.map((line) => JSON.parse(line));
  }
}

/** IAM as far as pages use it. Source: IAM API Reference, CreateOpenIDConnectProvider, CreateRole, AttachRolePolicy. */
async function startIam() {
  const oidcProviders: { url: string; clientIds: string[] }[] = [];
  const roles: { name: string; trustPolicy: object }[] = [];
  const arn = `arn:aws:iam::${ids.account}`;
  const results: Readonly<Record<string, (asked: URLSearchParams) => string>> = {
    CreateOpenIDConnectProvider(asked) {
      const url = asked.get('Url') ?? '';
      oidcProviders.push({ url, clientIds: [asked.get('ClientIDList.member.1') ?? ''] });
      return `<OpenIDConnectProviderArn>${arn}:oidc-provider/${url.replace('https://', '')}</OpenIDConnectProviderArn>`;
    },
    CreateRole(asked) {
      const [name, policy] = [asked.get('RoleName') ?? '', asked.get('AssumeRolePolicyDocument') ?? ''];
      roles.push({ name, trustPolicy: JSON.parse(policy) });
      return `<Role><Path>/</Path><RoleName>${name}</RoleName><RoleId>AROAEXAMPLEEXAMPLE</RoleId><Arn>${arn}:role/${name}</Arn><CreateDate>2026-11-26T12:00:00Z</CreateDate><AssumeRolePolicyDocument>${encodeURIComponent(policy)}</AssumeRolePolicyDocument></Role>`;
    },
    AttachRolePolicy: () => '',
  };
  const server = createServer(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    const action = asked.get('Action') ?? '';
    const result = results[action]?.(asked);
    response.writeHead(result === undefined ? 403 : 200, { 'content-type': 'text/xml' });
    response.end(
      result === undefined
        ? '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>'
        : `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result></${action}Response>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, oidcProviders, roles, close };
}
