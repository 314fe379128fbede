import { FedbridgeError } from '@fedbridge/core';
import { expect, it } from 'vitest';
import { failure } from './failure.ts';

it('a client is told our own errors by code and message, and of others nothing that they say', () => {
  const error = new FedbridgeError('UNAVAILABLE', 'Later.', { hint: 'for the log', answer: 'HTTP 503' });
  expect(failure(error)).toEqual({ code: 'UNAVAILABLE', message: 'Later.' });
  for (const thrown of [new Error('hunter2'), 'hunter2', undefined])
    expect(failure(thrown)).toEqual({ code: 'INTERNAL', message: 'An unforeseen error of the credential broker.' });
});
