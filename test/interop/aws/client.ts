/**
 * An AWS SDK for JavaScript, unchanged: says, for each environment that stdin lists, who STS says a program with it is.
 * What the SDK read for one environment is forgotten before the next.
 */
import { json } from 'node:stream/consumers';

interface Request {
  readonly endpoint: string;
  readonly environments: readonly Record<string, string>[];
}

const sdks: Record<string, () => Promise<(endpoint: string) => Promise<string | undefined>>> = {
  async v2() {
    const { default: aws } = await import('aws-sdk');
    return async (endpoint) => {
      aws.config = new aws.Config() as typeof aws.config;
      return (await new aws.STS({ endpoint }).getCallerIdentity().promise()).Arn;
    };
  },
  async v3() {
    const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
    return async (endpoint) => (await new STSClient({ endpoint }).send(new GetCallerIdentityCommand())).Arn;
  },
};

const { endpoint, environments } = (await json(process.stdin)) as Request;
const callerIdentity = await sdks[process.argv[2] ?? '']?.();
const answers = [];
for (const environment of environments) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  answers.push(await callerIdentity?.(endpoint).catch(({ name, message }) => `${name}: ${message}`));
}
console.log(JSON.stringify(answers));
