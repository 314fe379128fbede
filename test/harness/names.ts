/** In a file that imports nothing: programs that stand in for tools start in no time. */

/** Who is who in the emulated world that the demo and the end-to-end tests share. */
export const ids = {
  tenant: '2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01',
  domain: 'contoso.onmicrosoft.com',
  app: '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02',
  stranger: '6b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d03',
  subscription: 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c04',
  organization: '0ca3ddd9-f0b0-4635-a98c-586652696105',
  project: '271ef6f7-5998-4b0f-86fb-4b54d9129906',
  oldConnection: '3c5d7e9f-1a2b-4c3d-9e4f-5a6b7c8d9e07',
  newConnection: '4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08',
  account: '123456789012',
  otherAccount: '210987654321',
  /** Of managed identities: a machine's own, and one that is assigned. */
  machine: '7e8f9a0b-1c2d-4e3f-8a4b-5c6d7e8f9a10',
  assigned: '9c0d1e2f-3a4b-4c5d-8e6f-7a8b9c0d1e11',
} as const;

/** The object id of the application's service principal, as `az` prints it. */
export const principal = '5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a8b';
/** The service account of a pod. */
export const pod = { namespace: 'agents', serviceAccount: 'azp' } as const;

/** The `azp` of an ID token that Entra signs for a service connection. */
export const azureDevOpsApp = '499b84ac-1321-427f-aa17-267ca6975798';

/** In .NET's order of bytes. */
function encoded(guid: string): string {
  const [first = '', second = '', third = '', ...rest] = guid.split('-');
  const reversed = [first, second, third].map((group) => (group.match(/../g) ?? []).reverse().join(''));
  return Buffer.from([...reversed, ...rest].join(''), 'hex').toString('base64url');
}

export const subjects = {
  gitHub: 'repo:octo/app:ref:refs/heads/main',
  gitHubImmutable: 'repo:octo@65001/app@724113:ref:refs/heads/main',
  pipeline: 'p://contoso/web/release',
  oldConnection: 'sc://contoso/web/azure-old',
  pod: `system:serviceaccount:${pod.namespace}:${pod.serviceAccount}`,
  newConnection: `/eid1/c/pub/t/${encoded(ids.tenant)}/a/${encoded(azureDevOpsApp)}/sc/${ids.organization}/${ids.newConnection}`,
} as const;
