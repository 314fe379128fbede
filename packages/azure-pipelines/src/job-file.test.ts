import type { JobNames } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { azurePipelinesJobFile } from './job-file.ts';

const step = {
  action: 'OWNER/fedbridge/actions/aws-credentials@0000000000000000000000000000000000000000 # v1.0.0',
  task: 'FedbridgeAwsCredentials@1',
  inputs: { roleToAssume: 'arn:aws:iam::123456789012:role/deploy' },
  script: 'aws sts get-caller-identity',
  byCommand: { idToken: 'AWS_ID_TOKEN', audience: 'sts.amazonaws.com', script: ['true'] },
};
const written = (azureSubscription: string) =>
  azurePipelinesJobFile.write({}, { ...step, taskInputs: { azureSubscription } });
const asked = (names: JobNames) => azurePipelinesJobFile.questions(names).map(({ option }) => option);

describe('a pipeline', () => {
  it('is written for a person to read', () => {
    expect(written('aws prod').whole).toBe(`trigger: [main]
pool:
  vmImage: ubuntu-latest
steps:
  - task: FedbridgeAwsCredentials@1
    inputs:
      azureSubscription: aws prod
      roleToAssume: arn:aws:iam::123456789012:role/deploy
  - script: aws sts get-caller-identity
`);
  });

  it('has a part with the steps, and without a connection no input for one', () => {
    const { whole, part } = azurePipelinesJobFile.write({}, step);
    expect(parse(whole)).toEqual({ trigger: ['main'], pool: { vmImage: 'ubuntu-latest' }, ...parse(part) });
    expect(parse(part).steps[0].inputs).toEqual(step.inputs);
  });

  it.each(['aws: prod', 'prod ', 'yes', '#1'])('names the connection %j exactly', (name) =>
    expect(parse(written(name).whole).steps[0].inputs.azureSubscription).toBe(name),
  );

  it.each(['$(name)', '$' + '{{ parameters.name }}', '$[variables.name]'])('has no expression for a name: %s', (name) =>
    expect(() => written(name)).toThrow('the platform would put something else in its place'),
  );
});

it('jobs are named by a project, a pipeline or connection, and the organization', () => {
  expect(asked({})).toEqual(['azurePipelines', 'pipeline', 'organizationId']);
  expect(asked({ connection: 'prod' })).toEqual(['azurePipelines', 'organizationId']);
  expect(asked({ pipeline: 'release', issuer: 'https://issuer.example' })).toEqual(['azurePipelines']);
});
