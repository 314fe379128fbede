import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Profile, parseProfileName } from '@fedbridge/aws/profiles';
import { describe, expect, it } from 'vitest';
import { hostWith, type MemoryHost } from '../../../../test/harness/memory-host.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { awsInputs } from './inputs.ts';
import { deliverProfiles, refuseUnwritableProfiles, removeDeliveredProfiles } from './profiles.ts';

const secrets = { accessKeyId: 'ASIAOURS', secretAccessKey: 'secret', sessionToken: 'token' };
const profile = (name: string): Profile => ({ name: parseProfileName(name), source: { secrets }, region: 'eu-west-1' });
const theirs = '[corp]\naws_access_key_id = AKIACORP\n';
const fileOf = (host: MemoryHost, name = 'credentials') => join(host.tempDirectory, '.aws', name);
const textOf = (host: MemoryHost) => readFileSync(fileOf(host), 'utf8');

/** A job whose user has this file of credentials. */
function job(text = theirs) {
  const host = hostWith();
  mkdirSync(dirname(fileOf(host)));
  writeFileSync(fileOf(host), text);
  return host;
}

describe("profiles among the user's own", () => {
  it('are put there, and the clean-up leaves the file as it was', async () => {
    const host = job();
    await deliverProfiles(host, [profile('ci')], false);
    expect(textOf(host)).toContain('ASIAOURS');
    await removeDeliveredProfiles(host);
    expect(textOf(host)).toBe(theirs);
    await removeDeliveredProfiles(host);
    expect(textOf(host)).toBe(theirs);
  });

  it('that somebody has changed since are left to them, with a warning that is no failure', async () => {
    const host = job();
    await deliverProfiles(host, [profile('ci')], false);
    writeFileSync(fileOf(host), textOf(host).replace('ASIAOURS', 'AKIATHEIRS'));
    await removeDeliveredProfiles(host);
    expect(textOf(host)).toContain('AKIATHEIRS');
    expect(host.said).toHaveLength(1);
  });

  it('go by the files themselves where what was kept of them is lost', async () => {
    const host = job();
    await deliverProfiles(host, [profile('ci')], false);
    rmSync(host.folder.path(), { recursive: true });
    await removeDeliveredProfiles(host);
    expect(textOf(host)).toBe(theirs);
  });

  it('one of which cannot be taken out hold up no other, and are tried again', async () => {
    const host = job();
    await deliverProfiles(host, [profile('ci')], false);
    rmSync(fileOf(host, 'config'));
    mkdirSync(fileOf(host, 'config'));
    await expect(removeDeliveredProfiles(host)).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
    expect(textOf(host)).toBe(theirs);
    rmSync(fileOf(host, 'config'), { recursive: true });
    await removeDeliveredProfiles(host);
    expect(existsSync(fileOf(host, 'config'))).toBe(false);
  });
});

describe('before anything is asked for', () => {
  const check = (text: string, inputs: Readonly<Record<string, string>>) =>
    refuseUnwritableProfiles(job(text), readInputs(awsInputs, hostWith(inputs)));
  const roles = 'corp = arn:aws:iam::123456789012:role/x';

  it.each([{ awsProfile: 'corp' }, { awsProfile: 'ci', roles }])(
    'a profile that is there already is an error: %o',
    async (inputs) => {
      const error = { code: 'INPUT_INVALID', message: expect.stringContaining('corp') };
      await expect(check(theirs, inputs)).rejects.toMatchObject(error);
      await expect(check(theirs, { ...inputs, overwriteAwsProfile: 'true' })).resolves.toBeUndefined();
    },
  );

  it('so is a file that no tool reads, but where the profiles are in files of this job', async () => {
    await expect(check('[\0', { awsProfile: 'ci' })).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
    await expect(check('[\0', { roles })).resolves.toBeUndefined();
  });
});
