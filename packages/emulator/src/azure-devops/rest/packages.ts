import type { FastifyInstance } from 'fastify';
import { agentVersion, standInPackage } from '../agent-package.ts';
import { type Callers, list } from './callers.ts';

/** Where the agent is downloaded. @param azureDevOps - the URL of the service */
export function servePackages(app: FastifyInstance, callers: Callers, azureDevOps: string): void {
  callers.route('GET', '/:organization/_apis/distributedtask/packages/agent', async ({ query }) => {
    const { platform = 'linux-x64' } = query;
    const { hash } = await standInPackage();
    const [major, minor, patch] = agentVersion.split('.').map(Number);
    const filename = `vsts-agent-${platform}-${agentVersion}.tar.gz`;
    return list([
      {
        type: 'agent',
        platform,
        createdOn: '2026-10-01T00:00:00.000Z',
        version: { major, minor, patch },
        downloadUrl: `${azureDevOps}/download/agent/${agentVersion}/${filename}`,
        hashValue: hash,
        filename,
      },
    ]);
  });
  app.get<{ Params: { version: string } }>('/download/agent/:version/:file', async ({ params }, reply) =>
    reply.type('application/gzip').send((await standInPackage(params.version)).archive),
  );
}
