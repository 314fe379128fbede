/** An error of Google's STS, in OAuth's form [RFC 6749, 5.2]. */
export class OAuthProblem extends Error {
  readonly error:
    | 'invalid_request'
    | 'invalid_grant'
    | 'invalid_target'
    | 'invalid_scope'
    | 'unauthorized_client'
    | 'unsupported_grant_type';

  constructor(error: OAuthProblem['error'], message: string) {
    super(message);
    this.error = error;
  }

  body() {
    return { error: this.error, error_description: this.message };
  }
}
