import { expect, it } from 'vitest';
import { googleInputs } from './google-inputs.ts';

const inputs = googleInputs as unknown as Readonly<Record<string, { readonly parse?: (text: string) => unknown }>>;
const pool = 'projects/1/locations/global/workloadIdentityPools/ci-jobs';

it.each([
  [
    'workloadIdentityProvider',
    `${pool}/providers/github`,
    { workloadIdentityProvider: `${pool}/providers/github`, workloadIdentityPool: pool },
  ],
  [
    'serviceAccount',
    'deploy@my-project.iam.gserviceaccount.com',
    { serviceAccount: 'deploy@my-project.iam.gserviceaccount.com', serviceAccountProject: 'my-project' },
  ],
  [
    'serviceAccount',
    '1-compute@developer.gserviceaccount.com',
    { serviceAccount: '1-compute@developer.gserviceaccount.com' },
  ],
  ['accessTokenLifetime', '1s', 1],
  ['accessTokenLifetime', '3600', 3600],
  ['accessTokenLifetime', '43200s', 43_200],
  ['accessTokenScopes', 'https://a.example/x, https://b.example/y\n', ['https://a.example/x', 'https://b.example/y']],
  ['projectId', 'my-project1', 'my-project1'],
  ['projectId', 'example.com:my-project', 'example.com:my-project'],
  ['universe', 'googleapis.com', 'googleapis.com'],
])('%s: %j is %j', (name, text, value) => expect(inputs[name]?.parse?.(text)).toEqual(value));

it.each([
  ['workloadIdentityProvider', pool, 'expected projects/<number>/locations'],
  ['workloadIdentityProvider', `https://iam.googleapis.com/${pool}/providers/github`, 'expected projects/<number>'],
  ['workloadIdentityProvider', `${pool}/providers/github/x`, 'expected projects/<number>'],
  ['workloadIdentityProvider', `${pool.replace('/1/', '/my-project/')}/providers/github`, 'expected projects/<number>'],
  ['serviceAccount', 'deploy', 'expected the email address of a service account'],
  ['serviceAccount', 'a@b@c.example', 'expected the email address of a service account'],
  ['serviceAccount', 'x/y@c.example', 'expected the email address of a service account'],
  ['accessTokenLifetime', '0s', 'expected seconds from 1s to 43200s'],
  ['accessTokenLifetime', '43201s', 'expected seconds from 1s to 43200s'],
  ['accessTokenLifetime', '1h', 'expected seconds from 1s to 43200s'],
  ['accessTokenScopes', ', ', 'expected scopes'],
  ['accessTokenScopes', 'cloud-platform', 'expected scopes'],
  ['accessTokenScopes', 'https://a.example/x http://b.example', 'expected scopes'],
  ['projectId', '1project', 'expected the id of a project'],
  ['projectId', 'my-project-', 'expected the id of a project'],
  ['universe', 'googleapis', 'expected a domain'],
  ['universe', 'googleapis.com/x', 'expected a domain'],
])('%s: %j is none', (name, text, message) => {
  expect(() => inputs[name]?.parse?.(text)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(message) }),
  );
});
