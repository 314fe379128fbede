import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { answering } from '../harness/answering.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { shown } from '../harness/markdown.ts';
import { sharedSetup } from '../harness/setup.ts';

/** How a cloud may repeat the token that it was sent. */
const echoes: readonly (readonly [string, (token: string) => string])[] = [
  ['as it is', (token) => token],
  ['cut', (token) => `${token.slice(0, token.lastIndexOf('.') + 40)}…`],
  ['in lines', (token) => token.replace(/.{60}/g, '$&\r\n')],
  ['in Base64', (token) => Buffer.from(`token=${token}`).toString('base64')],
];

describe.each(mainJourneys)('$title', (journey) => {
  it.concurrent.each(echoes)(
    'a token that the refusal repeats %s is in neither log nor summary',
    async (_how, echo) => {
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
          : {
              status: 400,
              body: {
                error: 'invalid_client',
                error_description: `AADSTS50027: JWT token is invalid: ${said} or malformed. Trace ID: 1`,
                error_codes: [50027],
              },
            };
      });
      const run = await journey
        .start(emulator, {
          inputs: input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', cloud.url),
        })
        .run();
      expect(run.error).toContain(journey.cloud === 'AWS' ? 'InvalidIdentityToken' : 'AADSTS50027');
      expect(said.length).toBeGreaterThan(100);
      const told = `${run.visible}\n${run.error}\n${shown(run.summary)}`.replace(/\s/g, '');
      const pieces = said.replace(/\s/g, '');
      for (let at = 0; at + 40 <= pieces.length; at += 1) expect(told).not.toContain(pieces.slice(at, at + 40));
    },
  );
});
