import type { HttpResponse } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { denial } from './exchange-denial.ts';
import type { ServiceRequest } from './profile.ts';

const request = {
  ...{ to: 'the service', url: '{base}' },
  denied: { hint: 'Allow it:', document: { subject: '{subject}', role: '{role}' } },
} as unknown as ServiceRequest;
const presented = { issuer: 'https://i', subject: 'repo:octo/app', audience: 'a' };

function said(body: unknown, status = 403) {
  const response = {
    status,
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  } as HttpResponse;
  return denial(response, { request, values: { role: 'deploy' }, presented, secrets: ['the-token'] });
}

describe('a service that denies', () => {
  it.each([
    [{ error: 'invalid_grant', error_description: 'Not trusted. More.' }, 'invalid_grant, HTTP 403: Not trusted.'],
    [{ error: { status: 'PERMISSION_DENIED', message: 'No.' } }, 'PERMISSION_DENIED, HTTP 403: No.'],
    [{ errors: ['first', 7, 'second'] }, 'HTTP 403: first; second'],
    [{ data: null, warnings: ['Invalid path. See.'] }, 'HTTP 403: Invalid path.'],
    [{ code: 7, message: 'trust policy: no.' }, 'code 7, HTTP 403: trust policy: no.'],
    [{ error: 'invalid_grant' }, 'invalid_grant, HTTP 403'],
    ['<html>', 'HTTP 403'],
    [null, 'HTTP 403'],
  ])('is told in its own words, whatever form they have: %j', (body, answer) => {
    expect(said(body)).toMatchObject({ code: 'EXCHANGE_REFUSED', recovery: 'denial', detail: { answer, presented } });
  });

  it('may repeat what it was sent: that is not told', () => {
    const { detail } = said({
      error: 'the-token',
      error_description: 'of the-token, eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x',
    });
    expect(detail.answer).not.toMatch(/the-token|eyJ/);
  });

  it('is told what would allow this job, with what was presented and asked for', () => {
    expect(JSON.parse(said({}).detail.document ?? '')).toEqual({ subject: 'repo:octo/app', role: 'deploy' });
    expect(said({}).detail.hint).toBe('Allow it:');
  });

  it.each(['unsupported_grant_type', 'invalid_scope', 'invalid_target'])(
    'a request that is wrong is never tried again: %s',
    (error) => {
      const failure = said({ error }, 400);
      expect([failure.code, failure.recovery, failure.detail.document]).toEqual([
        'EXCHANGE_REJECTED',
        'never',
        undefined,
      ]);
    },
  );
});
