/** A program of a user's that polls AWS, as a long job does. Prints each failure, and a count when it is stopped. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { poll } from './poll.ts';

const client = new STSClient({ maxAttempts: 1 });
await poll(async () => {
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  if (!Arn) throw new Error('no identity');
});
