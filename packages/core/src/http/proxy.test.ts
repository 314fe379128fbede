import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExempt } from './no-proxy.ts';
import { parseProxy, proxyFor, proxySecrets } from './proxy.ts';

const cloud = new URL('https://sts.eu-central-1.amazonaws.com/');

describe('the input of a proxy', () => {
  it.each(['http://proxy.example.com:3128', 'https://proxy/', 'http://127.0.0.1:1'])('may be %s', (text) => {
    expect(parseProxy(text).href).toBe(new URL(text).href);
  });
  it.each([
    ...['proxy:3128', 'socks5://proxy', 'ftp://proxy/', 'http://proxy/path', 'http://proxy/?a', 'http://proxy/#a'],
    ...['http://user@proxy', 'http://:password@proxy', 'xhttp://proxy/', ''],
  ])('is not %s', (text) => expect(() => parseProxy(text)).toThrow('expected the URL of a proxy such as'));
});

describe("the machine's proxy", () => {
  const machines = {
    url: 'http://user:pass@agent:3128',
    bypass: ['\\.amazonaws\\.com$'],
    source: 'Agent',
    account: 'See.',
  };

  it('is the way, whatever the environment says, but past what it exempts', () => {
    const entra = new URL('https://login.microsoftonline.com');
    const proxy = proxyFor(entra, { https_proxy: 'http://other' }, machines);
    expect(proxy).toMatchObject({ shown: 'agent:3128 (Agent)', account: 'See.' });
    expect(proxy?.url.href).toBe('http://user:pass@agent:3128/');
    expect(proxyFor(cloud, {}, machines)).toBeUndefined();
    expect(proxyFor(entra, {}, { ...machines, noProxy: 'microsoftonline.com' })).toBeUndefined();
    // That of the environment is made for programs.
    expect(proxyFor(entra, { no_proxy: 'microsoftonline.com' }, machines)).toBeDefined();
    expect(proxyFor(new URL('https://127.0.0.1'), {}, machines)).toBeUndefined();
  });

  it('is not shown where it cannot be used', () => {
    expect(() => proxyFor(cloud, {}, { ...machines, bypass: [], url: 'socks5://user:hunter2@x' })).toThrow(
      /^The variable Agent does not name a proxy that can be used\.$/,
    );
  });
});

describe('the proxy of the environment', () => {
  it.each([
    ['http://proxy.example.com:3128', 'http://proxy.example.com:3128/'],
    ['localhost:3128', 'http://localhost:3128/'],
    ['proxy', 'http://proxy/'],
    ['user:pass@proxy:3128', 'http://user:pass@proxy:3128/'],
    ['[::1]:3128', 'http://[::1]:3128/'],
    ['http://[::1]:3128', 'http://[::1]:3128/'],
    ['HTTP://proxy:3128/', 'http://proxy:3128/'],
    ['https://proxy', 'https://proxy/'],
    ['  http://proxy:3128 ', 'http://proxy:3128/'],
  ])('%s is %s', (text, href) => {
    const proxy = proxyFor(cloud, { https_proxy: text });
    expect(proxy?.url.href).toBe(href);
    expect(proxy?.shown).toBe(`${proxy?.url.host} (https_proxy)`);
  });

  it.each([
    ['socks5://user:hunter2@proxy:1080', 'a proxy of type socks5'],
    ['SOCKS5H://hunter2@proxy', 'a proxy of type SOCKS5H'],
    ['ftp://hunter2@proxy', 'a proxy of type ftp'],
    [':hunter2:', 'an address that cannot be parsed'],
    ['http://', 'an address that cannot be parsed'],
    ['http://user:hun#ter2@proxy:3128', 'an address that cannot be parsed'],
    ['http://user:1#hunter2@proxy:3128', 'an address that cannot be parsed'],
    ['http://user:1/hunter2@proxy:3128', 'an address that cannot be parsed'],
    ['http://user:1?hunter2@proxy:3128', 'an address that cannot be parsed'],
  ])('%s is refused, and not shown', (text, answer) => {
    for (const variable of ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']) {
      const attempt = () => proxyFor(cloud, { [variable]: text });
      expect(attempt).toThrow(
        expect.objectContaining({
          code: 'HTTP_PROXY',
          recovery: 'never',
          message: `The variable ${variable} does not name a proxy that can be used.`,
          detail: { answer, hint: expect.not.stringContaining('ter2') },
        }),
      );
    }
  });

  it('is the first variable that is set, and is read only where a proxy may be on the way', () => {
    const all = { https_proxy: 'a', HTTPS_PROXY: 'b', all_proxy: 'c', ALL_PROXY: 'd', http_proxy: 'e' };
    const seen: (string | undefined)[] = [];
    for (const name of ['', ...Object.keys(all)]) {
      Object.assign(all, name ? { [name]: ' ' } : {});
      seen.push(proxyFor(cloud, all)?.url.hostname);
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd', undefined, undefined]);
    const bad = { https_proxy: 'socks5://proxy' };
    for (const url of ['https://localhost/', 'https://127.0.0.2/', 'https://[::1]/', 'http://169.254.169.254/'])
      expect(proxyFor(new URL(url), bad)).toBeUndefined();
    expect(proxyFor(cloud, { ...bad, no_proxy: '.amazonaws.com' })).toBeUndefined();
    expect(proxyFor(cloud, { ...bad, no_proxy: '', NO_PROXY: '*' })).toBeUndefined();
  });

  it('never throws but as itself, whatever the variable holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const proxy = proxyFor(cloud, { https_proxy: text });
          expect(proxy === undefined).toBe(text.trim() === '');
        } catch (error) {
          expect(error).toMatchObject({ code: 'HTTP_PROXY' });
        }
      }),
    );
  });
});

/** Each entry beside the address that it is tried on. */
const on = (url: string, entries: readonly string[]): [string, string][] => entries.map((entry) => [url, entry]);

describe('no_proxy', () => {
  const sts = 'https://sts.amazonaws.com';
  const four = 'https://10.1.2.3';
  const six = 'https://[fd00::1]';
  it.each([
    ...on(sts, ['amazonaws.com', '.amazonaws.com', '*.amazonaws.com', 'AMAZONAWS.COM', 'amazonaws.com.']),
    ...on(sts, ['sts.amazonaws.com', 'amazonaws.com:443', '.amazonaws.com:443', '*.amazonaws.com:443', '*', '*:443']),
    ...on(sts, ['a, amazonaws.com', 'a amazonaws.com', ' a ,\tamazonaws.com ,', ',,amazonaws.com']),
    ...on('https://sts.amazonaws.com.', ['amazonaws.com', 'amazonaws.com.']),
    ...on('https://STS.amazonaws.com:8443', ['amazonaws.com', 'amazonaws.com:8443']),
    ...on(four, ['10.1.2.3', '10.1.2.3:443', '10.0.0.0/8', '10.1.2.3/32', '10.1.2.0/24', '0.0.0.0/0']),
    ...on(six, ['fd00::1', 'FD00:0:0::1', '[fd00::1]', '[fd00::1]:443', 'fd00::/8', '[fd00::]/8', '::/0']),
  ])('%s is exempted by "%s"', (url, noProxy) => expect(isExempt(new URL(url), noProxy)).toBe(true));

  it.each([
    ...on(sts, ['', ' ', ',', '.', '*.', '**', 'aws.com', 'azonaws.com', 'ts.amazonaws.com', '-amazonaws.com']),
    ...on(sts, ['x.sts.amazonaws.com', 'amazonaws.com:444', 'amazonaws', ':443', 'amazonaws.com.cn']),
    ...on(four, ['10.1.2.4', '10.1.2.3:80', '11.0.0.0/8', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '::/0']),
    ...on(four, ['0.1.2.3', '.1.2.3', '*.1.2.3']),
    ...on(six, ['fd00::2', '[fd00::1]:80', 'fc00::/8', 'fd00::/129', '0.0.0.0/0']),
  ])('%s is not exempted by "%s"', (url, noProxy) => expect(isExempt(new URL(url), noProxy)).toBe(false));

  it('exempts nothing by what it cannot read, and never throws', () => {
    fc.assert(fc.property(fc.string(), fc.webUrl(), (text, url) => void isExempt(new URL(url), text)));
  });
});

describe('what is secret of a proxy', () => {
  it.each<[string, string[]]>([
    ['http://user:p%40ss@proxy:3128', ['p%40ss', 'p@ss', 'dXNlcjpwQHNz']],
    ['user:pass@proxy', ['pass', 'dXNlcjpwYXNz']],
    ['https://token@proxy', ['token', 'dG9rZW46']],
    ['http://user:pa#ss@proxy', ['pa#ss']],
    ['socks5://user:a@b@proxy', ['a@b', 'a%40b', 'dXNlcjphQGI=']],
    ['http://user:%E0@proxy', ['%E0', 'dXNlcjolRTA=']],
    ['http://proxy:3128', []],
    ['', []],
    [':hunter2:', []],
  ])('%s: %j', (text, secrets) => {
    for (const name of ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'http_proxy', 'HTTP_PROXY'])
      expect(new Set(proxySecrets({ [name]: text }))).toEqual(new Set(secrets));
  });
});
