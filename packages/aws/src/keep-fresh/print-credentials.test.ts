import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const module = join(import.meta.dirname, 'print-credentials.ts');

/** What is printed of a broker that answers so. */
function printed(answer: object, { authorization = 'the secret', role = 'named/plan' as string | undefined } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  if (authorization !== '') writeFileSync(join(folder, 'aws-authorization'), authorization);
  const script = `import { printCredentials } from ${JSON.stringify(module)};
    const ask = async (request) => { console.error(JSON.stringify(await request())); return ${JSON.stringify(answer)}; };
    await printCredentials(${JSON.stringify(role === undefined ? [] : [role])}, { folder: ${JSON.stringify(folder)}, ask });`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
const keys = { AccessKeyId: 'ASIA', SecretAccessKey: 'secret', Token: 'token', Expiration: '2027-01-15T08:00:00Z' };

describe('a credential_process', () => {
  it("asks for its role with what the broker's folder holds, and prints what SDKs read and nothing else", () => {
    const { status, stdout, stderr } = printed({
      status: 200,
      body: JSON.stringify({ ...keys, RoleArn: 'arn', more: 1 }),
    });
    expect(JSON.parse(stderr)).toEqual({ path: '/aws/named%2Fplan', headers: { authorization: 'the secret' } });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      Version: 1,
      AccessKeyId: 'ASIA',
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: '2027-01-15T08:00:00Z',
    });
  });

  it.each([
    ['says why there are none', { status: 400, body: '{"message":"AWS denied it."}' }, 'AWS denied it.'],
    ['fails where the answer is none', { status: 200, body: '<html>' }, 'JSON'],
  ])('%s, and prints none', (_what, answer, message) => {
    const { status, stdout, stderr } = printed(answer);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('fails where the broker has left no secret for it', () => {
    const { status, stdout, stderr } = printed({ status: 200, body: JSON.stringify(keys) }, { authorization: '' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('ENOENT');
  });
});
