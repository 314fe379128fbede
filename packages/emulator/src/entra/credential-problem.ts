/** A credential that Graph or Azure Resource Manager would not take. */
export class CredentialProblem extends Error {
  override readonly name = 'CredentialProblem';
  readonly status: 400 | 409;
  readonly code: string;

  constructor(code: string, message: string, status: 400 | 409 = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
