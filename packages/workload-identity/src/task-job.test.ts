/**
 * Tests as well:
 * - packages/azure-pipelines/src/federated-connection.ts
 * - packages/azure-pipelines/src/replaced-variables.ts
 */

import { describe, expect, it } from 'vitest';
import { taskJob } from './task-job.ts';

const id = '4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08';
const federated = {
  scheme: 'WorkloadIdentityFederation',
  parameters: { serviceprincipalid: 'client', tenantid: 'tenant' },
};
/** As the agent sets it, with an input of a name that an author chose. */
const environment = {
  INPUT_CLOUDCONNECTION: id,
  [`ENDPOINT_AUTH_${id}`]: JSON.stringify(federated),
  [`ENDPOINT_DATA_${id}_ENVIRONMENT`]: 'AzureCloud',
  ENDPOINT_AUTH_SystemVssConnection: JSON.stringify({ scheme: 'OAuth', parameters: { AccessToken: 'job token' } }),
  VSTS_PUBLIC_VARIABLES: '["build.reason"]',
};
const chosen = { connectionInput: 'cloudConnection' };

describe('a task that does not load the library of tasks', () => {
  it("is handed the job's token and the connection of the input of its own name", () => {
    expect(taskJob(chosen, environment)).toMatchObject({
      accessToken: 'job token',
      connectionId: id,
      connection: { id, clientId: 'client', tenantId: 'tenant', environment: 'AzureCloud' },
    });
  });

  it.each([[{}], [{ connectionInput: 'another' }]])(
    'speaks for the pipeline where no connection is given: %j',
    (options) => {
      expect(taskJob(options, environment)).toEqual({
        accessToken: 'job token',
        connectionId: undefined,
        connection: undefined,
      });
    },
  );

  it('speaks for a connection by its id, whose facts it is not handed', () => {
    expect(taskJob({ connectionId: id }, {})).toEqual({
      accessToken: undefined,
      connectionId: id,
      connection: undefined,
    });
  });

  it.each([
    ['an id that is none', { connectionId: 'prod' }, {}, 'INPUT_INVALID'],
    ['a connection that the agent does not have', chosen, { [`ENDPOINT_AUTH_${id}`]: undefined }, 'CONNECTION_MISSING'],
    [
      'a connection with a secret',
      chosen,
      { [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ ...federated, scheme: 'ServicePrincipal' }) },
      'CONNECTION_NOT_FEDERATED',
    ],
    ['a connection that cannot be read', chosen, { [`ENDPOINT_AUTH_${id}`]: '{"scheme":' }, 'CONNECTION_MISSING'],
    [
      'an input that a variable replaced',
      chosen,
      { VSTS_PUBLIC_VARIABLES: '["Input.CloudConnection"]' },
      'INPUT_INVALID',
    ],
    [
      'a connection that a secret variable replaced',
      chosen,
      { VSTS_SECRET_VARIABLES: `["endpoint_auth_${id}"]` },
      'INPUT_INVALID',
    ],
    ['variables that cannot be read', chosen, { VSTS_PUBLIC_VARIABLES: '[' }, 'INPUT_INVALID'],
  ])('denies %s', (_title, options, changed, code) => {
    expect(() => taskJob(options, { ...environment, ...changed })).toThrow(expect.objectContaining({ code }));
  });
});
