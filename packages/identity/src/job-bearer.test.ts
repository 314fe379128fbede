import { describe, expect, it } from 'vitest';
import { refuseLoopback } from './job-bearer.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJqb2IiOjF9.c2ln';
const named = { platform: 'GitHub Actions', variable: 'ACTIONS_ID_TOKEN_REQUEST_URL' };
const send = (url: string, bearer: string) => () => refuseLoopback(new URL(url), bearer, named);

describe("a platform's own token of a job", () => {
  it.each([
    'http://127.0.0.1:8080/token',
    'http://localhost/',
    'http://[::1]:1/',
    'https://127.0.0.1/',
    'http://127.9.9.9/',
  ])('does not go to this machine: %s', (url) => {
    expect(send(url, jwt)).toThrow(
      expect.objectContaining({
        code: 'ENDPOINT_NOT_ALLOWED',
        message: `The endpoint of ID tokens is on this machine, ${new URL(url).host}.`,
        detail: expect.objectContaining({ hint: expect.stringContaining(named.variable) }),
      }),
    );
  });

  it.each(['https://pipelines.actions.githubusercontent.com/x', 'https://127.0.0.1.example.com/'])(
    'goes elsewhere: %s',
    (url) => expect(send(url, jwt)).not.toThrow(),
  );

  it('without a signature is one too', () => expect(send('http://localhost/', 'eyJhIjoxfQ.eyJiIjoxfQ.')).toThrow());

  it('is not in the error', () => expect(send('http://localhost/', jwt)).not.toThrow(jwt));
});

it.each(['fedbridge-0123456789', 'eyJ', 'eyJhIjoxfQ.eyJiIjoxfQ', `x ${jwt}`, `${jwt}.x`])(
  'what a broker of this job hands on goes to it: %s',
  (bearer) => expect(send('http://127.0.0.1:1/', bearer)).not.toThrow(),
);
