import { promises } from 'node:fs';
import { join } from 'node:path';
import type { BrokerAt } from '@fedbridge/identity';
import { authorizationFile, rolePath } from './order.ts';

/**
 * Prints a role's credentials as a `credential_process` does.
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 *
 * @param args - the role's name at the broker
 */
export async function printCredentials([role = '']: readonly string[], { folder, ask }: BrokerAt): Promise<void> {
  try {
    const { status, body } = await ask(async () => ({
      path: rolePath(role),
      headers: { authorization: await promises.readFile(join(folder, authorizationFile), 'utf8') },
    }));
    const answer = JSON.parse(body) as Record<string, string>;
    if (status !== 200) throw new Error(answer.message);
    const { AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration } = answer;
    console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration }));
  } catch (error) {
    console.error((error as { message: string }).message);
    process.exitCode = 1;
  }
}
