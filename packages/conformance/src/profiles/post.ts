import type { HttpRequest } from '@fedbridge/core';

/** A form that is posted. */
export function post(url: string, form: Readonly<Record<string, string>>): HttpRequest {
  return {
    method: 'POST',
    url: new URL(url),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  };
}

/** A JSON object that is sent. */
export function postJson(
  url: string,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
  method: HttpRequest['method'] = 'POST',
): HttpRequest {
  return {
    method,
    url: new URL(url),
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** The members of an answer that is a JSON object; none of any other. */
export function membersOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // As one that has no members.
  }
  return {};
}
