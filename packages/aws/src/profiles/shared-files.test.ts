import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileVariables, hasDefaultIdentity, sharedFiles } from './shared-files.ts';

describe.skipIf(process.platform === 'win32')('where profiles are', () => {
  it.each([
    [{ HOME: '/home/a' }, '/home/a/.aws/credentials', '/home/a/.aws/config'],
    [{ HOME: '/home/a', USERPROFILE: '/other' }, '/home/a/.aws/credentials', '/home/a/.aws/config'],
    [{}, `${homedir()}/.aws/credentials`, `${homedir()}/.aws/config`],
    [
      { HOME: '/home/a', AWS_SHARED_CREDENTIALS_FILE: '~/mine', AWS_CONFIG_FILE: `$HOME/x/\${NAME}`, NAME: 'config' },
      '/home/a/mine',
      '/home/a/x/config',
    ],
    [
      { HOME: '/home/a', AWS_SHARED_CREDENTIALS_FILE: '~', AWS_CONFIG_FILE: '$NOBODY/x' },
      '/home/a',
      resolve('$NOBODY/x'),
    ],
    [{ HOME: '/home/a', AWS_SHARED_CREDENTIALS_FILE: 'mine', AWS_CONFIG_FILE: '/a/~' }, resolve('mine'), '/a/~'],
  ])('with %o: %s and %s', (environment, credentials, config) => {
    expect(sharedFiles(environment)).toEqual({ credentials, config });
  });

  it("is nowhere where it is in somebody's home who is not known", () => {
    const environment = { HOME: '/home/a', AWS_CONFIG_FILE: '~bob/config' };
    expect(() => sharedFiles(environment)).toThrow(
      expect.objectContaining({
        code: 'DELIVERY_FAILED',
        message: 'There is no place for a profile: AWS_CONFIG_FILE is "~bob/config", and there is no such home.',
        detail: expect.objectContaining({ hint: 'Name a file there, by an absolute path.' }),
      }),
    );
  });

  it('variables make every tool read both', () => {
    expect(fileVariables({ credentials: '/a', config: '/b' })).toEqual({
      ...{ AWS_SHARED_CREDENTIALS_FILE: '/a', AWS_CONFIG_FILE: '/b', AWS_CREDENTIAL_PROFILES_FILE: '/a' },
      AWS_SDK_LOAD_CONFIG: '1',
    });
  });
});

describe.skipIf(process.platform === 'win32')('a default identity of this machine', () => {
  const environment = {
    ...{ HOME: '/home/a', AWS_SHARED_CREDENTIALS_FILE: '~/mine', AWS_CONFIG_FILE: '/etc/config' },
    ...{ AWS_CREDENTIAL_PROFILES_FILE: '/java', AWS_CREDENTIAL_FILE: '/boto' },
  };
  /** Whether there is one where a file holds a text, and no other is there. */
  const has = (where: string, text: string, more = {}) =>
    hasDefaultIdentity({ ...environment, ...more }, async (path) => (path === where ? text : ''));
  const profile = '[default]\naws_access_key_id = AKIAEXAMPLE\n';
  const boto = '[Credentials]\nAWS_ACCESS_KEY_ID = AKIAEXAMPLE\n';

  it.each(['~/mine', '/home/a/mine', '/etc/config', '/java', '/home/a/.aws/credentials', '/home/a/.aws/config'])(
    'is in a default profile of %s',
    async (path) => {
      expect(await has(path, profile)).toBe(true);
      expect(await has(path, '[other]\naws_access_key_id = AKIAEXAMPLE\n')).toBe(false);
    },
  );

  it.each(['/boto', '/etc/boto.cfg', '/home/a/.boto'])('is in a file of the old boto, %s', async (path) => {
    expect(await has(path, boto)).toBe(true);
    expect(await has(path, 'AWSAccessKeyId=AKIAEXAMPLE')).toBe(true);
    expect(await has(path, '[Boto]\ndebug = 1\n')).toBe(false);
  });

  it('is not where no tool looks', async () => {
    for (const path of ['/home/a/config', '/home/a/.aws/other', '/home/b/.aws/config', ''])
      expect([path, await has(path, `${profile}${boto}`)]).toEqual([path, false]);
    expect(await has('/etc/boto.cfg', boto, { BOTO_CONFIG: '/own' })).toBe(false);
    expect(await has('/own', boto, { BOTO_CONFIG: '/own' })).toBe(true);
  });

  it('may be in what cannot be read', async () => {
    const read = (path: string) => (path === '/java' ? Promise.reject(new Error('EACCES')) : Promise.resolve(''));
    expect(await hasDefaultIdentity(environment, read)).toBe(true);
  });
});
