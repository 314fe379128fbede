import { describe, expect, it } from 'vitest';
import { vaultInputs } from './vault-inputs.ts';

const { role, path, secrets } = vaultInputs;
const invalid = (message: string) => expect.objectContaining({ code: 'INPUT_INVALID', message });

describe('secrets of Vault', () => {
  it('are a path, a key and a name, with semicolons between them and perhaps one at the end', () => {
    const text = 'secret/data/ci npmToken | NPM_TOKEN ;\n/kv/db/ user-name;kv/db pass.word|_p;';
    expect(secrets.parse(text)).toEqual({
      secrets: [
        { path: 'secret/data/ci', key: 'npmToken', name: 'NPM_TOKEN' },
        { path: 'kv/db', key: 'user-name', name: 'USER_NAME' },
        { path: 'kv/db', key: 'pass.word', name: '_p' },
      ],
    });
  });

  it.each([
    ['kv/db', 'expected "<path> <key> | <name>" between semicolons, not "kv/db".'],
    ['kv/db a; ;kv/db b', 'expected "<path> <key> | <name>" between semicolons, not "".'],
    ['kv/db a b', 'expected "<path> <key> | <name>" between semicolons, not "kv/db a b".'],
    ['kv/db a | b c', 'expected "<path> <key> | <name>" between semicolons, not "kv/db a | b c".'],
    ['kv/db *', '"*" reads whatever somebody puts at kv/db: name the keys.'],
    ['kv/db 2fa', '"2FA" is no name of a variable: give one behind "|".'],
    ['kv/db a | b-c', '"b-c" is no name of a variable: give one behind "|".'],
    ['kv/db a; kv/other A', '"A" and "A" are one variable: give one of them another name.'],
    ['kv/db a | Key; kv/db b | KEY', '"Key" and "KEY" are one variable: give one of them another name.'],
    ['kv/../sys a', 'expected a path, such as jwt or teams/web.'],
    ['kv//db a', 'expected a path, such as jwt or teams/web.'],
    ['kv/db?x a', 'expected a path, such as jwt or teams/web.'],
  ])('are none: %j', (text, message) => expect(() => secrets.parse(text)).toThrow(invalid(message)));

  it.each([
    ...['PATH', 'path', 'NODE_OPTIONS', 'BASH_ENV', 'ENV', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES'],
    ...['GITHUB_ENV', 'RUNNER_TEMP', 'ACTIONS_RUNTIME_TOKEN', 'AGENT_TEMPDIRECTORY', 'SYSTEM_ACCESSTOKEN'],
  ])('steer no program: %s', (name) => {
    const message = `"${name}" is a variable that programs are steered by: give another name behind "|".`;
    expect(() => secrets.parse(`kv/db a | ${name}`)).toThrow(invalid(message));
  });

  it.each(['MY_PATH', 'PATHS', 'ENVIRONMENT', 'LD', 'GITHUB'])('may be called %s', (name) => {
    expect(secrets.parse(`kv/db a | ${name}`)).toEqual({ secrets: [{ path: 'kv/db', key: 'a', name }] });
  });
});

it.each([
  ['jwt', 'jwt'],
  ['/teams/web/', 'teams/web'],
  ['a b', undefined],
  ['.', undefined],
  ['a/./b', undefined],
  ['', undefined],
  ['a%2fb', undefined],
  ['a#b', undefined],
])('the path %j is %j', (text, taken) => {
  if (taken !== undefined) expect(path.parse(text)).toBe(taken);
  else expect(() => path.parse(text)).toThrow(invalid('expected a path, such as jwt or teams/web.'));
});

it('a role is a name', () => {
  expect(role.parse('ci-2.web_app')).toBe('ci-2.web_app');
  for (const text of ['', 'a b', 'a/b', '../x', 'a?'])
    expect(() => role.parse(text)).toThrow(invalid('expected a name: letters, digits, ".", "-" and "_".'));
});
