import { entraClouds, issuerOf } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { subjectJob } from './job.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { awsTrust } from './write-aws.ts';
import { entraTrust } from './write-entra.ts';

const tenant = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
const client = '2c3d4e5f-6071-4829-93a4-b5c6d7e8f901';
const devOps = '499b84ac-1321-427f-aa17-267ca6975798';
const exchange = 'fb60f99c-7a34-4190-8149-302f77469936';
const second = `https://login.microsoftonline.com/${tenant}/v2.0`;
const first = `https://sts.windows.net/${tenant}/`;
const google = 'https://accounts.google.com';
const company = 'https://idp.example.com';

const connection = (application: string) =>
  `/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/${application}/sc/${tenant}/${client}`;
const ofDevOps = connection('rISbSSETf0KqFyZ8ppdXmA');
const subjects = {
  'a service connection': ofDevOps,
  'a managed identity': '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
  'a user': 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
};
const aws = (issuer: string, subject: string, more: object = {}) =>
  subjectJob({ issuer, subject, ...more }, 'aws', 'sts.amazonaws.com');

describe('the azp of a token, by whose subject it has', () => {
  it.each([
    [second, ofDevOps, {}, devOps, exchange],
    [second, connection('ryoDyMTcKECuK4H0rABmEg'), {}, 'c8032aaf-dcc4-4028-ae2b-81f4ac006612', exchange],
    [second, '/eid1/of/another/form', {}, devOps, exchange],
    [second, ofDevOps, { audience: client }, devOps, client],
    [second, ofDevOps, { azp: client }, client, exchange],
    [second, subjects['a managed identity'], { azp: client }, client, exchange],
    [second, subjects['a user'], { azp: client, audience: client }, undefined, client],
    [first, subjects['a managed identity'], {}, undefined, 'api://AzureADTokenExchange'],
    [first, subjects['a managed identity'], { audience: 'api://mine' }, undefined, 'api://mine'],
    [google, '108000000000000000001', { azp: '108000000000000000001' }, '108000000000000000001', 'sts.amazonaws.com'],
    [company, 'build-1', {}, undefined, 'sts.amazonaws.com'],
    [company, 'build-1', { audience: 'mine', azp: 'x' }, 'x', 'mine'],
  ])('%s, %s, %j: %s', (issuer, subject, more, azp, audience) =>
    expect(aws(issuer, subject, more)).toEqual({ issuer, subject, azp, audience }),
  );

  it.each([
    ...Object.values(entraClouds).flatMap(({ issuers }) =>
      issuers.flatMap((host) =>
        [subjects['a managed identity'], subjects['a user']].map(
          (subject) => [`https://${host}/${tenant}/v2.0`, subject] as const,
        ),
      ),
    ),
    [google, '108000000000000000001'] as const,
  ])('is nothing that %s and %s tell', (issuer, subject) => {
    expect(() => aws(issuer, subject)).toThrow('AWS compares the azp');
    expect(() => aws(issuer, subject, { audience: client })).toThrow('AWS compares the azp');
  });

  it('is nothing that Entra compares', () => {
    for (const { audience = 'api://AzureADTokenExchange', issuers } of Object.values(entraClouds))
      for (const host of issuers)
        for (const subject of Object.values(subjects)) {
          const issuer = `https://${host}/${tenant}/v2.0`;
          const job = subjectJob({ issuer, subject }, 'entra', audience);
          expect(entraTrust(job)).toMatchObject({ issuer, subject, audiences: [audience] });
        }
  });

  it('makes policies of which lint says nothing', () => {
    for (const subject of Object.values(subjects)) {
      // Of a connection's token the application is Azure DevOps.
      const azp = subject === ofDevOps ? devOps : client;
      const { trustPolicy } = awsTrust(aws(second, subject, { azp }), {
        account: '123456789012',
        partition: 'aws',
      });
      expect(lintTrustPolicy(trustPolicy)).toEqual([]);
    }
    expect(issuerOf(second)?.title).toBe('Entra');
  });
});
