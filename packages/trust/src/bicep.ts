import type { AnyFederatedCredential } from './federated-credential.ts';

/** A string of Bicep, in which nothing is interpolated. Source: Microsoft Learn, "Data types in Bicep", strings. */
export function bicep(text: string): string {
  return `'${bicepText(text)}'`;
}

/** What stands between its quotes: also nothing that acts where it is printed. */
export function bicepText(text: string): string {
  const unseen = (one: string) => brief[one] ?? `\\u{${one.codePointAt(0)?.toString(16)}}`;
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('${', '\\${')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, unseen)
    .replaceAll(/##(?=(vso)?\[)/gi, '#\\u{23}');
}

/** The members that a credential has wherever it is put. */
export function bicepMembers(credential: AnyFederatedCredential): readonly string[] {
  return [
    `issuer: ${bicep(credential.issuer)}`,
    ...(credential.claimsMatchingExpression
      ? [
          'claimsMatchingExpression: {',
          `  value: ${bicep(credential.claimsMatchingExpression.value)}`,
          `  languageVersion: ${credential.claimsMatchingExpression.languageVersion}`,
          '}',
        ]
      : [`subject: ${bicep(credential.subject)}`]),
    `audiences: [${credential.audiences.map(bicep).join(', ')}]`,
  ];
}

const brief: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
