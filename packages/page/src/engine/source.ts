import {
  DocumentError,
  JsonDocument,
  JsonSyntaxError,
  type Position,
  type Source,
  type TrustDocument,
  trustDocumentsIn,
} from '@fedbridge/trust';

/** Why nothing of a text is read. */
export interface Problem {
  readonly message: string;
  readonly position?: Position | undefined;
}

/** Every trust policy and list of federated credentials in a text, or why there is none. */
export function documentsIn(
  text: string,
): { readonly documents: readonly TrustDocument[] } | { readonly problem: Problem } {
  try {
    const documents = sourcesOf(text).flatMap((source) => trustDocumentsIn(source));
    return documents.length > 0 ? { documents } : { problem: { message: nothing } };
  } catch (error) {
    if (error instanceof DocumentError) return { problem: { message: `${error.what}.`, position: error.position } };
    if (!(error instanceof JsonSyntaxError)) throw error;
    const what = error.message.replace(/^.*?: /, '');
    return { problem: { message: `Not JSON: ${what}.${hintFor(text)}`, position: error.position } };
  }
}

/** JSON, documents one after the other as a loop around a tool prints them, or a policy URL-encoded as the IAM API has it. */
function sourcesOf(text: string): readonly Source[] {
  if (!/^\s*%[\da-f]{2}/i.test(text)) return JsonDocument.parseAll(text);
  return [{ value: text, duplicates: [], positionOf: () => ({ line: 1, column: 1 }) }];
}

const nothing =
  'There is neither a trust policy nor a federated credential in this. Looked for a policy with Statement, AssumeRolePolicyDocument, ' +
  'assume_role_policy of "terraform show -json", and objects with issuer and audiences.';

/** What is likely meant, by how it begins. */
function hintFor(text: string): string {
  if (/^\s*(resource|data|terraform)\s+"/m.test(text)) return ' Terraform is read as "terraform show -json" prints it.';
  if (/^\s*(---|[A-Za-z]\w*:\s*$)/m.test(text) && !/^\s*[[{]/.test(text))
    return ' YAML is read by the command: "fedbridge trust who template.yaml".';
  return '';
}
