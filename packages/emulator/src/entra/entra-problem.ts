import { randomUUID } from 'node:crypto';

/** An error of Entra's token endpoint. Source: Microsoft Learn, "Microsoft Entra authentication and authorization error codes". */
export class EntraProblem extends Error {
  readonly status: 400 | 401;
  readonly code: number;
  readonly error: string;

  constructor(
    code: number,
    error: 'invalid_client' | 'invalid_request' | 'unauthorized_client' | 'invalid_scope' | 'unsupported_grant_type',
    message: string,
  ) {
    super(message);
    this.code = code;
    this.error = error;
    this.status = error === 'invalid_client' ? 401 : 400;
  }

  /** The body of the answer. @param now - ms since 1970-01-01 UTC */
  body(now: number) {
    const trace = randomUUID();
    const correlation = randomUUID();
    const timestamp = new Date(now).toISOString().replace('T', ' ').replace(/\.\d+/, '');
    return {
      error: this.error,
      error_description: `AADSTS${this.code}: ${this.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [this.code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${this.code}`,
    };
  }
}
