import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { answering } from '../harness/answering.ts';
import { runCommand } from '../harness/cli.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { shown } from '../harness/markdown.ts';
import { pod as aPod, ids, sharedSetup } from '../harness/setup.ts';

/** How a cloud may repeat the token that it was sent. */
const echoes: readonly (readonly [string, (token: string) => string])[] = [
  ['as it is', (token) => token],
  ['cut', (token) => `${token.slice(0, token.lastIndexOf('.') + 40)}…`],
  ['in lines', (token) => token.replace(/.{60}/g, '$&\r\n')],
  ['in Base64', (token) => Buffer.from(`token=${token}`).toString('base64')],
  ...['header', 'claims', 'signature'].map(
    (part, at) => [`by its ${part} alone`, (token: string) => token.split('.')[at] ?? ''] as const,
  ),
];

/** As Entra refuses what it cannot read. */
const refused = (said: string) => ({
  status: 400,
  body: {
    error: 'invalid_client',
    error_description: `AADSTS50027: JWT token is invalid: ${said} or malformed. Trace ID: 1`,
    error_codes: [50027],
  },
});

/** That no piece of it is in a text, whatever white space stands in between. */
function expectNoPiece(said: string, text: string): void {
  const [told, pieces] = [text.replace(/\s/g, ''), said.replace(/\s/g, '')];
  expect(pieces.length).toBeGreaterThanOrEqual(40);
  for (let at = 0; at + 40 <= pieces.length; at += 1) expect(told).not.toContain(pieces.slice(at, at + 40));
}

describe.each(mainJourneys)('$title', (journey) => {
  it.concurrent.each(echoes)('a token that the denial repeats %s is in neither log nor summary', async (_how, echo) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    let said = '';
    await using cloud = await answering(({ body }) => {
      const form = new URLSearchParams(body);
      said = echo(form.get('client_assertion') ?? form.get('WebIdentityToken') ?? '');
      return journey.cloud === 'AWS'
        ? {
            status: 400,
            body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>Not a token: ${said} at all</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
          }
        : refused(said);
    });
    const run = await journey
      .start(emulator, {
        inputs: input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', cloud.url),
      })
      .run();
    expect(run.error).toContain(journey.cloud === 'AWS' ? 'InvalidIdentityToken' : 'AADSTS50027');
    expectNoPiece(said, `${run.visible}\n${run.error}\n${shown(run.summary)}`);
  });
});

describe('fedbridge', () => {
  const commands: readonly (readonly [args: readonly string[], input: string])[] = [
    [['token'], ''],
    [['token', '--json'], ''],
    [['git-credential', 'get'], 'protocol=https\nhost=dev.azure.com\n\n'],
    [['agent', 'run', '--url', 'https://dev.azure.com/contoso', '--pool', 'x'], ''],
  ];

  describe.each(commands)('%j', (args, input) => {
    it.concurrent.each(echoes)('prints no token that the denial repeats %s', async (_how, echo) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const folder = mkdtempSync(join(tmpdir(), 'cli-'));
      let said = '';
      await using cloud = await answering(({ body }) => {
        said = echo(new URLSearchParams(body).get('client_assertion') ?? '');
        return refused(said);
      });
      await using pod = await emulator.startPod({ ...aPod, azure: { clientId: ids.app, tenantId: ids.tenant } });
      // No platform hides anything for a command.
      const ended = await runCommand([...args, '--authority-host', cloud.url], pod.environment, folder, input);
      expect(ended).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('AADSTS50027') });
      expectNoPiece(said, ended.stderr);
    });
  });
});
