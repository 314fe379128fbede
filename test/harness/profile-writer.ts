/**
 * One of many jobs that write profiles to the files of one user: writes its own again and again, and sees each time that what it
 * wrote the time before is still there. Says when it begins to write, and prints how often it was not there, or could not be written.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProfileName, writeProfiles } from '@fedbridge/aws/profiles';
import { realSystem } from '@fedbridge/core';

const [name = '', rounds = ''] = process.argv.slice(2);
const { HOME = '' } = process.env;
const failures: string[] = [];
const has = (file: string, text: string) => readFileSync(join(HOME, '.aws', file), 'utf8').includes(text);

for (let round = 1; round <= Number(rounds); round += 1) {
  const key = `ASIA-${name}-`;
  const secrets = { accessKeyId: `${key}${round};`, secretAccessKey: 'secret', sessionToken: 'token' };
  try {
    if (round > 1 && !(has('credentials', `${key}${round - 1};`) && has('config', `${name}-${round - 1};`))) {
      failures.push(`lost: ${round - 1}`);
    }
    process.send?.(round);
    const profile = { name: parseProfileName(name), source: { secrets }, region: `${name}-${round};` };
    await writeProfiles([profile], true, realSystem({ HOME }), { name: 'writer', keep() {} });
  } catch (error) {
    failures.push(String(error));
  }
}
console.log(JSON.stringify(failures));
