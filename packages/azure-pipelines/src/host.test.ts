import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { AzurePipelinesHost } from './host.ts';

const auditFacts = (environment: Record<string, string>) => new AzurePipelinesHost(realSystem(environment)).job;

describe('a job of Azure Pipelines', () => {
  it('is told by what the agent sets, for a build and for a classic release', () => {
    const build = {
      SYSTEM_TEAMPROJECT: 'web',
      BUILD_BUILDID: '7',
      BUILD_REPOSITORY_NAME: 'app',
      BUILD_DEFINITIONNAME: 'release',
      BUILD_REQUESTEDFOR: 'Mona',
      BUILD_SOURCEVERSION: '9f2c',
      BUILD_SOURCEBRANCH: 'refs/heads/main',
    };
    expect(auditFacts(build)).toEqual({
      platform: 'azure-pipelines',
      project: 'web',
      runId: '7',
      auditFacts: {
        AzurePipelines: 'web',
        Repository: 'app',
        Pipeline: 'release',
        RunId: '7',
        Actor: 'Mona',
        Commit: '9f2c',
        Branch: 'refs/heads/main',
      },
      contextFacts: {},
    });
    expect(auditFacts({ RELEASE_RELEASEID: '8', RELEASE_DEFINITIONNAME: 'old' })).toMatchObject({
      runId: '8',
      auditFacts: { RunId: '8', Pipeline: 'old' },
    });
    expect(Object.values(auditFacts({}).auditFacts).join('')).toBe('');
  });

  it('has no place for files where the agent set none', () => {
    const host = new AzurePipelinesHost(realSystem({}));
    expect(() => host.tempDirectory).toThrow(expect.objectContaining({ code: 'DELIVERY_FAILED' }));
  });
});
