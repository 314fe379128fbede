import { DocumentError, type Part, tooDeep } from './trust-document.ts';

/** Characters. An ARM template has 4 MB at most, one of CloudFormation 1 MB. */
const most = 4 * 1024 * 1024;

/**
 * How much the functions of a template have made of it. A function that has another one's text twice doubles it: a chain of fifty of them
 * makes more of a few lines than a machine can hold.
 */
export class ResolvedLength {
  #left = most;
  #part: Part;

  constructor(whole: Part) {
    this.#part = whole;
  }

  /** What is resolved from here on belongs to a part, which an error names. */
  enter(part: Part): void {
    this.#part = part;
  }

  /** @throws DocumentError where it is too much; called before a text is made */
  take(length: number): void {
    this.#left -= length;
    if (this.#left >= 0) return;
    const what = `the functions ${this.#part.address === undefined ? '' : `of ${this.#part.address} `}make more than ${most} characters`;
    const hint = 'No trust policy and no federated credential is as long. Give the document as it is deployed.';
    throw new DocumentError(this.#part, what, hint);
  }

  tooDeep(): DocumentError {
    return tooDeep(this.#part);
  }
}
