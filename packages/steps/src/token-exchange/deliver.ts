import { resolve } from 'node:path';
import { type ExchangedToken, type ExchangeOrder, fill, fillTexts } from '@fedbridge/exchange';
import type { Secret } from '@fedbridge/exchange/secrets';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { exportSecretVariables, exportVariables, type Host, writeSecretFiles } from '@fedbridge/step';
import type { KeptExchange } from './keep-fresh.ts';

/** What there is to hand on. */
export interface Acquired {
  readonly token: ExchangedToken;
  /** Gives a token that lives for some time yet. */
  readonly idToken: () => Promise<AdmittedIdToken>;
  readonly kept: KeptExchange | undefined;
  readonly secrets: readonly Secret[];
}

/** Makes later steps find what a profile delivers. @returns the names of what they find @throws FedbridgeError `DELIVERY_FAILED` */
export async function deliver(
  host: Host,
  { profile, values }: ExchangeOrder,
  acquired: Acquired,
): Promise<readonly string[]> {
  const { file, variables, secretVariables } = profile.delivers ?? {};
  const isWanted = (part: { readonly if: string } | undefined) => part !== undefined && values[part.if] === true;
  const exported: string[] = [];
  let credentialsFile: string | undefined;
  if (file && isWanted(file)) {
    const json = fill(file.json, { ...values, idTokenSource: await idTokenSource(host, acquired) });
    const paths = await writeSecretFiles(host, { 'credentials.json': JSON.stringify(json, null, 2) });
    credentialsFile = paths['credentials.json'];
    host.setOutput('credentialsFilePath', credentialsFile);
    exported.push('output {credentialsFilePath}');
  }
  const filled = { ...values, credentialsFile, token: acquired.token.reveal() };
  if (variables && isWanted(variables)) {
    const plain = fillTexts(variables.set, filled);
    exportVariables(host, plain);
    exported.push(...Object.keys(plain));
  }
  if (secretVariables && isWanted(secretVariables)) {
    const secrets = fillTexts(secretVariables.set, filled);
    exportSecretVariables(host, secrets);
    exported.push(...Object.keys(secrets));
  }
  for (const { name, value } of acquired.secrets) host.setSecretOutput('secret', value, name);
  if (values.exportEnv === true) {
    const read = Object.fromEntries(acquired.secrets.map(({ name, value }) => [name, value]));
    exportSecretVariables(host, read);
    exported.push(...Object.keys(read));
  }
  return exported;
}

/**
 * Where a client of Google's kind gets ID tokens: a server that always has one, or a file. Of a token that somebody keeps in a file, such
 * as a pod's, it is that file.
 * Source: AIP-4117, "Determining the subject token in file- and URL-sourced credentials".
 */
async function idTokenSource(host: Host, { idToken, kept }: Acquired) {
  if (kept) {
    const { url, bearer } = kept.idTokens;
    return {
      url,
      headers: { Authorization: `Bearer ${bearer}` },
      format: { type: 'json', subject_token_field_name: 'value' },
    };
  }
  const token = await idToken();
  const path =
    token.file === undefined
      ? (await writeSecretFiles(host, { 'id-token': token.reveal() }))['id-token']
      : resolve(token.file);
  return { file: path, format: { type: 'text' } };
}
