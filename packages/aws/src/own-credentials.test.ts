import { expect, it } from 'vitest';
import { ownCredentials } from './own-credentials.ts';

const masked: string[] = [];
const found = (environment: Record<string, string>) =>
  ownCredentials(environment, { mask: (secret) => masked.push(secret) });

it.each([
  [{}, 'http://169.254.169.254'],
  [{ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://[fd00:ec2::254]' }, 'http://[fd00:ec2::254]'],
  [{ AWS_EC2_METADATA_DISABLED: '' }, 'http://169.254.169.254'],
  [{ AWS_EC2_METADATA_DISABLED: 'false' }, 'http://169.254.169.254'],
  [{ AWS_EC2_METADATA_DISABLED: 'untrue' }, 'http://169.254.169.254'],
  [{ AWS_EC2_METADATA_DISABLED: 'true story' }, 'http://169.254.169.254'],
])('with %j they are those of an instance, asked at %s', async (environment, url) => {
  expect(await found(environment)).toEqual({ from: 'instance', url });
});

it('a container has them before the instance, and its authorization is masked', async () => {
  const relative = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/x' };
  expect(await found({ ...relative, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'the bearer' })).toEqual({
    from: 'container',
    url: 'http://169.254.170.2/v2/credentials/x',
    token: 'the bearer',
    tokenFile: undefined,
  });
  const full = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' };
  expect(await found({ ...full, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/token' })).toEqual({
    from: 'container',
    url: full.AWS_CONTAINER_CREDENTIALS_FULL_URI,
    token: undefined,
    tokenFile: '/var/run/token',
  });
  expect(masked).toEqual(['the bearer']);
});

it.each(['//elsewhere.example.com/x', 'https://elsewhere.example.com', '/\\elsewhere', '//user@169.254.170.2/x'])(
  'no address of ECS leads elsewhere: %s',
  async (relative) => {
    await expect(found({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative })).rejects.toMatchObject({
      code: 'ENDPOINT_NOT_ALLOWED',
      message: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path of http://169.254.170.2.',
    });
  },
);

it.each([
  [{ AWS_EC2_METADATA_DISABLED: 'TRUE' }, /^AWS_EC2_METADATA_DISABLED is true, and nothing else/, 'Unset it.'],
  [{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' }, /^AWS_ACCESS_KEY_ID has no session credentials/, 'Long-lived keys are not'],
  [{ AWS_PROFILE: 'corp' }, /^The profile corp has no session credentials/, 'Unset it to use the machine'],
  [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }, /^This pod has a web identity/, 'Take identity kubernetes'],
])('with %j nobody else is taken in their place', async (environment, message, hint) => {
  await expect(found(environment)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(message),
    detail: { hint: expect.stringContaining(hint) },
  });
});
