import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobSecrets } from './job-secrets.ts';

const keys = { AWS_ACCESS_KEY_ID: 'ASIA', AWS_SECRET_ACCESS_KEY: 'secret' };
const session = { ...keys, AWS_SESSION_TOKEN: 'token' };
const AWS_SHARED_CREDENTIALS_FILE = join(mkdtempSync(join(tmpdir(), 'aws-')), 'credentials');
writeFileSync(
  AWS_SHARED_CREDENTIALS_FILE,
  '[ci]\naws_access_key_id = ASIACI\naws_secret_access_key = ci\naws_session_token = t\n' +
    '[long]\naws_access_key_id = AKIA\naws_secret_access_key = long\n',
);
const files = { AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE: '/nowhere' };
const ofFile = { accessKeyId: 'ASIACI', secretAccessKey: 'ci', sessionToken: 't' };

describe('the session credentials of a job', () => {
  it('are those of its environment, before those of a profile', async () => {
    expect(await jobSecrets({ ...files, ...session, AWS_PROFILE: 'ci' })).toEqual({
      ...{ accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' },
    });
  });

  it('are those of the profile that it names', async () => {
    expect(await jobSecrets({ ...files, AWS_PROFILE: 'ci' })).toEqual(ofFile);
    expect(await jobSecrets({ ...files, AWS_PROFILE: 'ci', AWS_ACCESS_KEY_ID: 'half' })).toEqual(ofFile);
  });

  it('are none, where the keys of its environment are long-lived: no profile is somebody else in their place', async () => {
    expect(await jobSecrets({ ...files, ...keys, AWS_PROFILE: 'ci' })).toBeUndefined();
    expect(await jobSecrets({ ...files, ...keys, AWS_SESSION_TOKEN: '', AWS_PROFILE: 'ci' })).toBeUndefined();
  });

  it.each([{}, { AWS_PROFILE: '' }, { AWS_PROFILE: 'none' }, { AWS_PROFILE: 'long' }])(
    'are none: %o',
    async (named) => {
      expect(await jobSecrets({ ...files, ...named })).toBeUndefined();
    },
  );
});
