import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { World } from '../server/service.ts';
import type { StsService } from '../sts/sts-service.ts';
import type { StartedMachine } from './machine.ts';

/** A machine or a container of AWS that has a role. */
export interface AwsMachine {
  /** Of the role that it has, by ARN; without one it has none. */
  readonly role?: string;
  readonly form: 'ec2' | 'ecs' | 'eks-pod-identity';
}

interface Served {
  readonly sts: StsService;
  readonly world: World;
  /** Of this machine. */
  readonly url: string;
}

/**
 * Source: EC2 User Guide, "Use IMDSv2", "Retrieve security credentials from instance metadata"; AWS SDKs and Tools Reference Guide,
 * "Container credential provider"; EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services".
 */
export async function serveAwsMachine(
  app: FastifyInstance,
  { role, form }: AwsMachine,
  { sts, world, url }: Served,
): Promise<StartedMachine> {
  const credentials = (sessionName: string) => {
    const session = sts.begin(role ?? '', sessionName);
    for (const secret of [session.secretAccessKey, session.sessionToken]) world.secrets.add(secret);
    return {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      Token: session.sessionToken,
      Expiration: new Date(session.expires * 1000).toISOString().replace('.000', ''),
    };
  };
  const token = randomBytes(32).toString('base64url');
  world.secrets.add(token);

  if (form !== 'ec2') {
    app.get('/credentials', async (request, reply) => {
      if (request.headers.authorization !== token)
        return reply.code(401).send({ code: 'Unauthorized', message: 'No.' });
      if (role === undefined) return reply.code(404).send({ code: 'NotFound', message: 'No role.' });
      return { ...credentials('task'), ...(form === 'ecs' ? { RoleArn: role } : {}) };
    });
    const environment = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials` };
    if (form === 'ecs') return { environment: { ...environment, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } };
    const file = join(await mkdtemp(join(tmpdir(), 'eks-pod-identity-')), 'token');
    await writeFile(file, token, { mode: 0o600 });
    return { environment: { ...environment, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } };
  }

  app.put('/latest/api/token', async (request, reply) => {
    const seconds = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
    // IMDSv2 is for callers on the machine: what a proxy has forwarded is denied.
    if (request.headers['x-forwarded-for'] !== undefined) return reply.code(403).send('');
    return seconds >= 1 && seconds <= 21_600 ? reply.type('text/plain').send(token) : reply.code(400).send('');
  });
  const path = '/latest/meta-data/iam/security-credentials/';
  const name = role?.split('/').at(-1) ?? '';
  app.get<{ Params: { readonly '*': string } }>(`${path}*`, async (request, reply) => {
    if (request.headers['x-aws-ec2-metadata-token'] !== token) return reply.code(401).send('');
    const asked = request.params['*'];
    if (role === undefined || (asked !== '' && asked !== name)) return reply.code(404).send('');
    if (asked === '') return reply.type('text/plain').send(name);
    return { Code: 'Success', LastUpdated: new Date().toISOString(), Type: 'AWS-HMAC', ...credentials('i-0abc') };
  });
  return { environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url } };
}
