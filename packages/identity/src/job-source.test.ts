import { HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { idTokenSource, type JobSource } from './job-source.ts';
import { variablesOf } from './platform.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const outbound = quietOutbound({ http, deadline: 0, maxAttempts: 1 }, realSystem({}));
const machine = { id: { by: 'system' }, endpoint: { form: 'imds', url: 'http://127.0.0.1:9' } } as const;

describe('the source of a job', () => {
  it.each<[JobSource, string, string]>([
    [{ kind: 'kubernetes', files: {} }, 'Kubernetes', 'chosen'],
    [{ kind: 'managed-identity', identity: machine, known: true }, 'managed identity', 'chosen'],
    [{ kind: 'aws' }, 'AWS', 'given'],
  ])('%o is %s, whose audience is %s', (source, name, audience) => {
    expect(idTokenSource(source, outbound, [])).toMatchObject({ name, audience });
  });

  it('of a platform that is not here is nobody', () => {
    expect(() => idTokenSource({ kind: 'github', environment: {} }, outbound, [])).toThrow('Nothing here asks github');
  });
});

it('what a job is asked by are those variables, whether they are there or not, and none of the others', () => {
  expect(variablesOf({ A: '1', B: '2', SECRET: 'x' }, ['A', 'C'])).toEqual({ A: '1', C: undefined });
});
