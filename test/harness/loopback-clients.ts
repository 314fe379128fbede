import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { managedIdentities } from './azure-clients.ts';
import type { Journey } from './journeys.ts';
import { root, type Variables } from './process.ts';
import { python, pythonHas } from './python.ts';

const execute = promisify(execFile);

/** A program of others that asks a broker by the variables of a later script. */
interface LoopbackClient {
  readonly title: string;
  readonly cloud: Journey['cloud'];
  readonly isThere: boolean;
  /** Whether it starts in no time. */
  readonly isQuick: boolean;
  /** Whether it never asks loopback through a proxy. */
  readonly isSafe: boolean;
  /** Rejects if it gets nothing. */
  readonly ask: (environment: Variables, folder: string) => Promise<unknown>;
}

/** Ask a URL with a header, `name: value`. */
const programs = [
  {
    title: 'curl',
    command: ['curl', '--silent', '--fail', '--max-time', '120'],
    form: (url: string, header: string) => ['--header', header, url],
    isQuick: true,
  },
  {
    title: "Python's urllib",
    command: [
      python,
      '-c',
      'import sys, urllib.request as r; u, h = sys.argv[1:]; print(r.urlopen(r.Request(u, headers=dict([h.split(": ")]))).read())',
    ],
    form: (url: string, header: string) => [url, header],
    isQuick: false,
  },
];

export const loopbackClients: readonly LoopbackClient[] = [
  ...(['AWS', 'Entra'] as const).flatMap((cloud) =>
    programs.map(({ title, command: [program = '', ...args], form, isQuick }) => ({
      title,
      cloud,
      isThere: spawnSync(program, ['--version']).status === 0,
      isQuick,
      isSafe: false,
      ask: (environment: Variables) => {
        const { url, header } = endpointOf(environment);
        return execute(program, [...args, ...form(url, header)], { env: environment });
      },
    })),
  ),
  ...managedIdentities.map(({ title, isThere, token }) => ({
    title,
    cloud: 'Entra' as const,
    isThere,
    isQuick: false,
    isSafe: /Go|Java\)|kubelogin/.test(title),
    ask: token,
  })),
  {
    title: 'boto3',
    cloud: 'AWS',
    isThere: pythonHas('boto3'),
    isQuick: false,
    isSafe: true,
    ask: (env, cwd) => execute(python, [join(root, 'test', 'interop', 'boto3-client.py')], { env, cwd }),
  },
];

function endpointOf(environment: Variables): { readonly url: string; readonly header: string } {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: aws, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file = '' } = environment;
  if (aws !== undefined) return { url: aws, header: `Authorization: ${readFileSync(file, 'utf8')}` };
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = environment;
  const url = `${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://vault.azure.net`;
  return { url, header: `X-IDENTITY-HEADER: ${IDENTITY_HEADER}` };
}
