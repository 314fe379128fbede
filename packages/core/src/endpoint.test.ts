import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, parseEndpoint } from './endpoint.ts';

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
