import { describe, expect, it } from 'vitest';
import { azureDevOpsReason } from './azure-devops-reason.ts';

describe('what Azure DevOps says in an error', () => {
  it.each([
    ['{"$id":"1","message":"No such pool. Ask."}', 'No such pool.'],
    ['{"count":1,"value":"No such pool."}', 'No such pool.'],
    ['{"count":1,"value":{"Message":"No such pool."}}', 'No such pool.'],
    ['{"count":1,"value":{"message":"No such pool."}}', 'No such pool.'],
    ['{"message":"First.","value":"Second."}', 'First.'],
  ])('is found in each of its envelopes: %s', (body, reason) =>
    expect(azureDevOpsReason(JSON.parse(body))).toBe(reason),
  );

  it.each([
    'null',
    '[]',
    '7',
    '"x"',
    '{}',
    '{"value":[]}',
    '{"count":0,"value":[{"message":"a value"}]}',
    '{"message":7}',
  ])('is nothing in an answer that is none: %s', (body) => expect(azureDevOpsReason(JSON.parse(body))).toBeUndefined());

  it('does not repeat what it was sent, nor what looks like a token', () => {
    const message = 'TF400813: the-token of eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x is not authorized.';
    expect(azureDevOpsReason({ message }, 'the-token')).toBe('TF400813: *** of *** is not authorized.');
  });

  it('is undefined of no answer at all', () => expect(azureDevOpsReason(undefined)).toBeUndefined());
});
