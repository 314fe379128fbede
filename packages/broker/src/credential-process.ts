import { readFile } from 'node:fs/promises';
import { get } from 'node:http';

/**
 * Prints a role's credentials as a `credential_process` does.
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 *
 * @param url - of the broker's endpoint
 * @param file - has what the endpoint wants as `Authorization`
 */
export async function printCredentials(url: string, file: string): Promise<void> {
  try {
    const authorization = await readFile(file, 'utf8');
    const { status, body } = await ask(url, authorization);
    const answer = JSON.parse(body) as Record<string, string>;
    if (status !== 200) throw new Error(answer.message);
    const { AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration } = answer;
    console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration }));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const gone = code === 'ECONNREFUSED' || code === 'ENOENT';
    console.error(gone ? 'The credential broker of this job is gone: its credentials ended with it.' : message);
    process.exitCode = 1;
  }
}

function ask(
  url: string,
  authorization: string,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject);
  });
}
