/** A later script of the job, which finds its AWS credentials as any program does, and asks who it is. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const { Arn, Account } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify({ Arn, Account }));
