import {
  parseAccountIds,
  parseExternalId,
  parsePolicyArns,
  parseRegion,
  parseRoleArn,
  parseRoleArns,
  parseSessionName,
  parseSessionPolicy,
  parseSessionTags,
} from '@fedbridge/aws';
import { parseNamedRoles, parseProfileName } from '@fedbridge/aws/profiles';
import { FedbridgeError, parseEndpoint, parseLines, parsePairs } from '@fedbridge/core';
import { parseClientId, parseResource, parseSubscriptionId, parseTenantId } from '@fedbridge/entra';
import { IdToken } from '@fedbridge/identity';
import { commonConditionKeys } from '@fedbridge/issuers';
import {
  evaluateTrustPolicy,
  explainEvaluation,
  explainMatch,
  inspectClaims,
  JsonDocument,
  lintFederatedCredentials,
  lintTrustPolicy,
  MalformedPolicyError,
  matchFederatedCredential,
  migrateTrustPolicy,
  parseTrustPolicy,
  readFederatedCredential,
  webIdentityRequest,
} from '@fedbridge/trust';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutSection, withSection } from '../../packages/aws/src/profiles/section.ts';
import { fuzz, hostileText, json } from './cases.ts';

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  parseAccountIds,
  parseExternalId,
  parsePolicyArns,
  parseRegion,
  parseRoleArn,
  parseRoleArns,
  parseSessionName,
  parseSessionPolicy,
  parseSessionTags,
  parseNamedRoles,
  parseProfileName,
  parsePairs,
  parseLines,
  parseClientId,
  parseResource,
  parseSubscriptionId,
  parseTenantId,
  parseEndpoint: (text) => parseEndpoint(text, 'the endpoint'),
};

it('an input is understood, or refused with a code, by every parser', async () => {
  await fuzz(fc.tuple(fc.constantFrom(...Object.keys(parsers)), hostileText), ([name, text]) => {
    try {
      parsers[name]?.(text);
    } catch (error) {
      expect(error, name).toBeInstanceOf(FedbridgeError);
      expect(['INPUT_INVALID', 'ENDPOINT_NOT_ALLOWED']).toContain((error as FedbridgeError).code);
    }
  });
});

it('a token is read, or refused as malformed without being quoted', async () => {
  const part = fc.oneof(
    json.map((value) => encoded(JSON.stringify(value))),
    hostileText,
    fc.constant(''),
  );
  const claims = fc.record(
    {
      iss: fc.oneof(hostileText, json),
      sub: fc.oneof(hostileText, json),
      aud: fc.oneof(hostileText, fc.array(hostileText), json),
      exp: fc.oneof(fc.double(), fc.integer(), json),
      nbf: json,
      iat: json,
      azp: json,
    },
    { requiredKeys: [] },
  );
  const jwt = fc
    .tuple(fc.oneof(fc.constant({ alg: 'none' }), json), fc.oneof(claims, json), fc.oneof(hostileText, fc.constant('')))
    .map(
      ([header, payload, signature]) =>
        `${encoded(JSON.stringify(header))}.${encoded(JSON.stringify(payload))}.${signature}`,
    );
  const twice = fc
    .tuple(hostileText, hostileText)
    .map(
      ([first, second]) =>
        `e30.${encoded(`{"iss":"https://a","sub":${JSON.stringify(first)},"sub":${JSON.stringify(second)},"aud":"b","exp":1}`)}.x`,
    );
  const nested = fc
    .integer({ min: 1, max: 3_000 })
    .map((depth) => `e30.${encoded('['.repeat(depth) + ']'.repeat(depth))}.x`);
  const tokens = fc.oneof(
    jwt,
    twice,
    nested,
    fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.')),
  );
  await fuzz(tokens, (text) => {
    let token: IdToken;
    try {
      token = IdToken.parse(text);
    } catch (error) {
      expect(error).toMatchObject({ name: 'FedbridgeError', code: 'ID_TOKEN_MALFORMED' });
      const secret = text.split('.')[1] ?? '';
      if (secret.length > 20) expect(String(error)).not.toContain(secret);
      return;
    }
    expect(JSON.stringify(token)).not.toContain(text);
    // What is told of it never throws either.
    inspectClaims(token.claims, '123456789012', 0);
  });
});

const operators = [
  'StringEquals',
  'StringLike',
  'ForAllValues:StringLike',
  'Null',
  'DateLessThan',
  'NumericEquals',
  'ArnLike',
  'IpAddress',
  'Bool',
];
const condition = fc.dictionary(
  fc.oneof(fc.constantFrom(...operators), hostileText),
  fc.dictionary(
    fc.oneof(fc.constantFrom('h:sub', 'h:aud', 'aws:CurrentTime'), hostileText),
    fc.oneof(hostileText, fc.array(hostileText), json),
  ),
);
const statement = fc.record(
  {
    Effect: fc.oneof(fc.constantFrom('Allow', 'Deny'), json),
    Principal: fc.oneof(
      fc.record({ Federated: fc.oneof(fc.constant('arn:aws:iam::1:oidc-provider/h'), hostileText, json) }),
      json,
    ),
    Action: fc.oneof(fc.constantFrom('sts:*', 'sts:AssumeRoleWithWebIdentity'), json),
    Condition: fc.oneof({ weight: 4, arbitrary: condition }, json),
    Sid: json,
  },
  { requiredKeys: ['Effect', 'Principal', 'Action'] },
);
const policy = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      Version: fc.constantFrom('2012-10-17', '2008-10-17'),
      Statement: fc.oneof(statement, fc.array(statement)),
    }),
  },
  { weight: 1, arbitrary: json },
);

it('a trust policy is evaluated and explained, or malformed; lint tells of either; migrate refuses what is not one', async () => {
  await fuzz(fc.tuple(policy, hostileText), ([document, subject]) => {
    const findings = lintTrustPolicy(document);
    expect(JsonDocument.parse(JSON.stringify(document)).duplicates).toEqual([]);
    const request = webIdentityRequest(
      { iss: 'https://h', sub: subject, aud: 'a' },
      'arn:aws:iam::1:oidc-provider/h',
      commonConditionKeys,
      0,
    );
    try {
      const evaluation = evaluateTrustPolicy(parseTrustPolicy(document), request);
      explainEvaluation(evaluation, request);
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedPolicyError);
      expect(findings.map(({ rule }) => rule)).toContain('aws/malformed');
    }
    const ids = { ownerId: '1', repositoryId: '2' };
    try {
      migrateTrustPolicy(document, { kind: 'immutable-subjects', owner: 'o', repository: 'r', ...ids }, false);
    } catch (error) {
      expect(error).toMatchObject({ name: 'FedbridgeError', code: 'INPUT_INVALID' });
    }
  });
});

it('a list of federated credentials is linted whatever it holds', async () => {
  const credential = fc.record(
    {
      name: json,
      issuer: fc.oneof(hostileText, fc.constant('https://app.terraform.io')),
      subject: fc.oneof(hostileText, fc.constant(null)),
      claimsMatchingExpression: fc.oneof(
        hostileText.map((text) => ({ value: text, languageVersion: 1 })),
        hostileText.map((text) => ({ value: `claims['sub'] matches '${text}'`, languageVersion: 1 })),
        json,
      ),
      audiences: fc.array(hostileText),
    },
    { requiredKeys: ['issuer', 'audiences'] },
  );
  await fuzz(fc.tuple(fc.array(fc.oneof(credential, json), { maxLength: 25 }), hostileText), ([list, subject]) => {
    for (const { rule } of lintFederatedCredentials(list)) expect(rule).not.toBe('');
    const credentials = list.flatMap((one) => readFederatedCredential(one) ?? []);
    const assertion = { issuer: 'https://app.terraform.io', subject, audience: 'a' };
    const match = matchFederatedCredential(credentials, assertion);
    const lines = explainMatch(match, credentials, assertion);
    expect(lines).toHaveLength(match.matched ? 1 : Math.max(1, credentials.length));
  });
});

it('a section is written into any text and taken out again, which is then as it was, to the byte', async () => {
  const name = fc.constantFrom('default', 'profile deploy', 'deploy');
  const line = fc.oneof(
    hostileText,
    fc.constantFrom('[default]', '[profile deploy]', '[deploy]', 'region = x', '; c', '', '[other]', 'k=v'),
  );
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'))
    .map(([lines, end]) => lines.join(end));
  await fuzz(fc.tuple(text, name), ([before, section]) => {
    const entries = { region: 'eu-central-1', fedbridge: 'x' };
    const after = withSection(before, section, { entries, id: 'x' });
    const own = linesOf(after, section);
    expect(own.some((one) => one.trim() === 'region = eu-central-1')).toBe(true);
    for (const one of foreignLines(before, section)) expect(after).toContain(one);
    const gone = withoutSection(after, 'x', (key, value) => Object.entries(entries).join().includes(`${key},${value}`));
    expect(gone).toEqual({ text: before, left: [] });
  });
});

/** Some tools read both as the same. */
const isSame = (one: string, other: string) => one.replace(/^profile /, '') === other.replace(/^profile /, '');

/** Lines of a section, as the AWS tools see it. */
function linesOf(text: string, section: string): string[] {
  return walk(text).flatMap(({ within, line }) => (isSame(within, section) ? [line] : []));
}

function foreignLines(text: string, section: string): string[] {
  return walk(text).flatMap(({ within, line }) => (isSame(within, section) || line.trim() === '' ? [] : [line]));
}

function walk(text: string): { readonly within: string; readonly line: string }[] {
  let within = '';
  return text.split(/\r?\n/).map((line) => {
    const header = /^\s*\[([^\][]+)\]/.exec(line);
    if (header) within = header[1]?.trim() ?? '';
    return { within, line };
  });
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
