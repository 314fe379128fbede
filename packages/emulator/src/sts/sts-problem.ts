/** An error of STS. Source: AWS STS API Reference, "Common errors" and each action's. */
export class StsProblem extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
