import { describe, expect, it } from 'vitest';
import { credentialFor, judge } from './federated-credentials.ts';

const issuer = 'https://oidc.example.com/cluster/';
const audience = 'api://AzureADTokenExchange';
const account = { namespace: 'agents', serviceAccount: 'fedbridge-agent', issuer, audience };
const wanted = credentialFor(account);
const { subject } = wanted;

describe('a federated credential that is wanted', () => {
  it.each([
    ['under its own name', {}, 'there'],
    ['under another name', { name: 'pod' }, 'there'],
    ['with another audience', { audiences: ['api://other'] }, 'its audience is api://other, and tokens have api://Azu'],
    ['under another name with another audience', { name: 'pod', audiences: ['x'] }, 'its audience is x'],
    ['with an issuer without its slash', { name: 'pod', issuer: issuer.slice(0, -1) }, 'its issuer is https://oidc.'],
    ['with an issuer of another cluster', { issuer: 'https://oidc.example.com/b/' }, 'its issuer is https://oidc.exam'],
    ['with another subject', { subject: 'system:serviceaccount:a:b' }, 'its subject is system:serviceaccount:a:b, and'],
    ['with a subject in other letters', { name: 'pod', subject: subject.toUpperCase() }, 'its subject is SYSTEM:'],
    ['as a flexible one', { subject: undefined }, 'its subject is undefined'],
    ['of another cluster under another name', { name: 'b', issuer: 'https://oidc.example.com/b/' }, 'missing'],
    ['of another account under another name', { name: 'b', subject: 'system:serviceaccount:a:b' }, 'missing'],
  ])('%s', (_title, change, told) => {
    const judgement = judge(wanted, [{ ...wanted, ...change }]);
    expect(judgement.is === 'wrong' ? judgement.why : judgement.is).toContain(told);
  });

  it('is found beside one that is nearly it', () => {
    const nearly = { ...wanted, name: 'a', issuer: issuer.slice(0, -1) };
    expect(judge(wanted, [nearly, { ...wanted, name: 'b' }])).toMatchObject({ is: 'there', known: { name: 'b' } });
  });

  it('has a name that Azure takes', () => {
    expect(credentialFor({ ...account, serviceAccount: 'a.b' }).name).toBe('fedbridge-agents-a-b');
    expect(credentialFor({ ...account, serviceAccount: 'a'.repeat(200) }).name).toHaveLength(120);
    expect(credentialFor({ ...account, credentialName: 'mine' }).name).toBe('mine');
  });
});
