import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback, isWithin, parseEndpoint, parseMachineEndpoint } from './endpoint.ts';
import { isGuid } from './guid.ts';
import { realSystem } from './system.ts';

describe('parseEndpoint', () => {
  it.each([
    'https://sts.eu-central-1.amazonaws.com',
    'http://127.0.0.1:8080/x',
    'http://127.9.9.9',
    'http://[::1]:1',
    'http://localhost',
  ])('accepts %s', (text) => expect(parseEndpoint(text, 'it').href).toContain(new URL(text).host));

  it.each([
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[::2]',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'https://user@example.com',
    'https://user:secret@example.com',
    'https://example.com/#fragment',
    'example.com',
    '',
  ])('refuses %s', (text) => {
    expect(() => parseEndpoint(text, 'it')).toThrow(expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED' }));
  });

  it('lets plain HTTP out to loopback alone, whatever the URL', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['http'], withFragments: false }), (text) => {
        const { hostname } = new URL(text);
        fc.pre(hostname !== 'localhost' && !/^127(\.\d+){3}$/.test(hostname));
        expect(() => parseEndpoint(text, 'it')).toThrow(expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED' }));
      }),
    );
  });

  it('never repeats a password in its error', () => {
    expect(() => parseEndpoint('https://user:hunter2@example.com', 'it')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});

it('a host is within its own domain and not within one that only ends alike', () => {
  expect(isWithin('a.github.com', 'github.com')).toBe(true);
  expect(isWithin('github.com', 'github.com')).toBe(true);
  expect(isWithin('evilgithub.com', 'github.com')).toBe(false);
  expect(isWithin('github.com.evil.com', 'github.com')).toBe(false);
});

it.each([
  ['x', 'The place is not a URL.'],
  ['https://a:b@c', 'The place holds a user name or password.'],
  ['https://:b@c', 'The place holds a user name or password.'],
  ['https://c/#d', 'The place has a fragment.'],
  ['http://c:80/x', 'The place is http://c, which is not HTTPS.'],
])('%s: %s', (text, message) => {
  expect(() => parseEndpoint(text, 'The place')).toThrow(
    expect.objectContaining({ message, detail: { hint: expect.stringContaining('Tokens travel over https:// only') } }),
  );
});

it("what a machine's own cloud serves on the link may be plain", () => {
  expect(parseMachineEndpoint('http://169.254.169.254/x', 'it').host).toBe('169.254.169.254');
  expect(parseMachineEndpoint('http://localhost:1', 'it').host).toBe('localhost:1');
  for (const url of ['http://[fd00:ec2::254]', 'http://[fd00:ec2::23]/v1', 'https://169.254.170.2'])
    expect(parseMachineEndpoint(url, 'it').href).toContain(url);
  for (const url of ['https://example.com', 'https://169.254.1.1.example.com', 'https://10.0.0.1', 'https://[fd00::1]'])
    expect(() => parseMachineEndpoint(url, 'it')).toThrow('which is not this machine');
  for (const host of ['169.255.169.254', '169.254.169.254.example.com', '10.0.0.1'])
    expect(() => parseMachineEndpoint(`http://${host}`, 'it')).toThrow('which is not HTTPS');
  expect(() => parseEndpoint('http://169.254.169.254', 'it')).toThrow('which is not HTTPS');
});

it('loopback is this machine alone', () => {
  for (const host of ['127.0.0.1', '127.255.255.254', 'localhost', '[::1]'])
    expect(isLoopback(new URL(`https://${host}`))).toBe(true);
  for (const host of ['127.0.0.1.example.com', '128.0.0.1', 'localhost.example.com', '[::2]'])
    expect(isLoopback(new URL(`https://${host}`))).toBe(false);
});

it('a GUID is one from its first to its last letter', () => {
  const guid = '8d1e6f3a-42b7-4c9d-B5e8-0a1b2c3d4e02';
  expect(isGuid(guid)).toBe(true);
  for (const text of ['', `x${guid}`, `${guid}x`, `{${guid}}`, guid.replaceAll('-', ''), guid.replace('8', 'g')])
    expect(isGuid(text)).toBe(false);
});

it('the real system has the environment, the time, and a proxy that is handed on to what reads the environment', async () => {
  const environment: Record<string, string | undefined> = { PATH: process.env.PATH };
  const system = realSystem(environment);
  expect(Math.abs(system.now() - Date.now())).toBeLessThan(60_000);
  const job = system.jobProcess();
  expect(job && system.isRunning(job)).toBe(job && true);
  expect(await system.hasProgram('sh')).toBe(true);
  expect(await system.hasProgram('no-such-program')).toBe(false);
  system.useNetwork({});
  expect(environment).toEqual({ PATH: process.env.PATH });
  system.useNetwork({ proxy: new URL('http://proxy:3128'), noProxy: 'a,b' });
  expect(environment).toMatchObject({
    http_proxy: 'http://proxy:3128/',
    https_proxy: 'http://proxy:3128/',
    no_proxy: 'a,b',
  });
  system.useNetwork({ noProxy: '' });
  expect(environment).toMatchObject({ http_proxy: 'http://proxy:3128/', no_proxy: '' });
  expect([system.jobVariable('http_proxy'), system.jobVariable('no_proxy')]).toEqual(['', '']);
  expect(system.jobVariable('PATH')).toBe(process.env.PATH);
});
