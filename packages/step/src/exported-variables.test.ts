import { FedbridgeError } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { MemoryHost } from '../../../test/harness/memory-host.ts';
import { exportSecretVariables, exportVariables, forgetVariables, restoreVariables } from './exported-variables.ts';

/** A job's variables, which steps change as they publish, and of which the platform says whether each is a secret. */
class JobHost extends MemoryHost {
  readonly variables: Map<string, { value: string; isSecret: boolean }>;
  /** Those that the platform does not take as secrets. */
  untaken: readonly string[] = [];
  #asked: (() => void)[] = [];

  constructor(variables: Readonly<Record<string, string>>, secrets: readonly string[] = []) {
    super({ platform: 'github', inputs: {}, environment: {}, job: { kind: 'github', environment: {} } });
    const all = Object.entries(variables);
    this.variables = new Map(all.map(([name, value]) => [name, { value, isSecret: secrets.includes(name) }]));
  }

  override variable(name: string) {
    return this.variables.get(name) ?? { value: '', isSecret: false };
  }

  override exportVariable(name: string, value: string) {
    this.#asked.push(() => this.variables.set(name, { value, isSecret: false }));
  }

  override exportSecretVariable(name: string, value: string) {
    if (this.untaken.includes(name)) throw new FedbridgeError('DELIVERY_FAILED', 'It has two lines.');
    this.#asked.push(() => this.variables.set(name, { value, isSecret: true }));
  }

  override publish() {
    for (const change of this.#asked.splice(0)) change();
  }

  get now() {
    return Object.fromEntries(
      [...this.variables].map(([name, { value, isSecret }]) => [name, isSecret ? [value] : value]),
    );
  }
}

/** Sets variables, and restores them. A secret is in brackets. */
async function restored(job: JobHost, set: Readonly<Record<string, string>>) {
  exportVariables(job, set);
  job.publish();
  await restoreVariables(job);
  return job.now;
}

describe('what a step set', () => {
  it('is as it was once it is restored, and what was not there is empty', async () => {
    const job = new JobHost({ AWS_REGION: 'eu-west-1' });
    exportVariables(job, { AWS_REGION: 'us-east-1', AWS_PROFILE: 'ci' });
    exportSecretVariables(job, { AWS_SECRET_ACCESS_KEY: 'key' });
    job.publish();
    expect(job.now).toEqual({ AWS_REGION: 'us-east-1', AWS_PROFILE: 'ci', AWS_SECRET_ACCESS_KEY: ['key'] });
    await restoreVariables(job);
    expect(job.now).toEqual({ AWS_REGION: 'eu-west-1', AWS_PROFILE: '', AWS_SECRET_ACCESS_KEY: '' });
  });

  it('twice is as it was before the first time', async () => {
    const job = new JobHost({ A: 'before' });
    for (const value of ['first', 'second']) {
      exportVariables(job, { A: value });
      job.publish();
    }
    await restoreVariables(job);
    expect(job.now).toEqual({ A: 'before' });
  });

  it('is restored once: what others set since stays', async () => {
    const job = new JobHost({});
    await restored(job, { A: 'ours' });
    job.variables.set('A', { value: 'theirs', isSecret: false });
    await restoreVariables(job);
    expect(job.now).toEqual({ A: 'theirs' });
  });

  it('and did not publish is not put back', async () => {
    const job = new JobHost({ A: 'before' });
    exportVariables(job, { A: 'ours' });
    forgetVariables(job);
    job.variables.set('A', { value: 'theirs', isSecret: false });
    await restoreVariables(job);
    expect(job.variable('A').value).toBe('theirs');
  });

  it.each(['constructor', 'toString'])('may be called %s', async (name) => {
    const job = new JobHost({});
    job.variables.set(name, { value: 'before', isSecret: false });
    await restored(job, Object.fromEntries([[name, 'ours']]));
    expect(job.variable(name).value).toBe('before');
  });
});

it('an empty no_proxy that was not there would hide NO_PROXY: it gets what that has', async () => {
  expect(await restored(new JobHost({ NO_PROXY: 'corp' }), { no_proxy: 'x' })).toMatchObject({ no_proxy: 'corp' });
  expect(await restored(new JobHost({ NO_PROXY: 'corp', no_proxy: 'own' }), { no_proxy: 'x' })).toMatchObject({
    no_proxy: 'own',
  });
});

describe('what was a secret', () => {
  it('is one again, where the platform or its name says so, and is hidden before', async () => {
    const job = new JobHost({ THEIRS: 'a secret', AWS_SESSION_TOKEN: 'a token', ODD: 'who knows' }, ['THEIRS']);
    const now = await restored(job, { THEIRS: 'x', AWS_SESSION_TOKEN: 'x', ODD: 'x' });
    expect(now).toEqual({ THEIRS: ['a secret'], AWS_SESSION_TOKEN: ['a token'], ODD: 'who knows' });
    expect([...job.masked]).toEqual(['who knows']);
  });

  it('is never put back in clear: where the platform does not take it, it is empty, and the user is told', async () => {
    const job = new JobHost({ A: 'two\nlines', B: 'before' }, ['A']);
    job.untaken = ['A'];
    expect(await restored(job, { A: 'x', B: 'x' })).toEqual({ A: '', B: 'before' });
    expect(job.said).toEqual(['A is not put back, and is empty for what runs after this. It has two lines.']);
  });
});
