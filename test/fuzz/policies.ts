import fc from 'fast-check';
import { type Claims, oneOf, type Signer } from './signer.ts';

/** A condition as it stands in a policy. */
type Condition = readonly [operator: string, key: string, values: readonly string[]];

const textOperators = oneOf(
  ...['StringEquals', 'StringEquals', 'StringLike', 'StringLike', 'StringLike', 'StringNotEquals', 'StringNotLike'],
  ...['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'ArnLike', 'ArnNotEquals', 'Bool'],
  ...['NumericEquals', 'NumericNotEquals', 'NumericLessThanEquals', 'NumericGreaterThan', 'IpAddress', 'DateLessThan'],
);
const operators = fc
  .tuple(oneOf('', '', '', '', 'ForAnyValue:', 'ForAllValues:'), textOperators, oneOf('', '', '', 'IfExists'))
  .map((parts) => parts.join(''));

/** What is done to a text of a token before a policy has it. */
const changes = oneOf<(text: string) => string>(
  (text) => text,
  (text) => text,
  (text) => `${text.slice(0, text.lastIndexOf(':') + 1)}*`,
  (text) => `${text.slice(0, Math.ceil(text.length / 2))}*`,
  (text) => `*${text.slice(text.length / 2)}`,
  (text) => text.replace(/[a-z]/, '?'),
  (text) => text.toUpperCase(),
  (text) => `${text.slice(0, 8)}*${text.slice(-3)}`,
  (text) => text.replace(/^.*?([/:@])/, '*$1'),
  () => '*',
  () => '?*',
  () => '',
);

const others = oneOf(
  '${aws:PrincipalAccount}',
  '${*}',
  '${$}{x}',
  "${aws:PrincipalTag/a, 'acme'}",
  '${aws:userid}',
  '${a.example:sub}',
  "${a.example:sub, 'acme'}",
);

/** A condition on a claim: most compare with what a token has, so that some hold. */
function onClaim({ provider, keys, texts }: Signer, tokens: readonly Claims[]): fc.Arbitrary<Condition> {
  const prefix = provider.includes('oidc-provider/') ? (provider.split(':oidc-provider/')[1] ?? '') : provider;
  const claimed = (name: string) => tokens.flatMap((token) => [token[name] ?? []].flat()).map(String);
  return oneOf(...keys).chain((name) => {
    const own = claimed(name);
    // A text in which another claim stands as a variable, or what stands there is none.
    const named = (other: string) => oneOf(`\${${prefix}:${other}}`, `\${${prefix}:${other}, 'acme'}`);
    const inOwn = fc
      .tuple(oneOf(...own, 'x'), oneOf(...tokens), oneOf(...keys), changes)
      .chain(([text, token, other, change]) => {
        const part = String(token[other] ?? '');
        return named(other).map((variable) => change(part === '' ? variable : text).replace(part, () => variable));
      });
    const value = fc.oneof(
      { weight: 2, arbitrary: inOwn },
      ...(own.length > 0
        ? [{ weight: 6, arbitrary: fc.tuple(oneOf(...own), changes).map(([one, of]) => of(one)) }]
        : []),
      { weight: 3, arbitrary: oneOf(...texts) },
      { weight: 1, arbitrary: others },
    );
    const key = `${prefix}:${name}`;
    return fc.oneof(
      {
        weight: 8,
        arbitrary: fc.tuple(operators, fc.constant(key), fc.array(value, { minLength: 1, maxLength: 3 })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constant('Null'), fc.constant(key), oneOf(['true'], ['false'], ['true', 'false'])),
      },
    );
  });
}

const onRequest: fc.Arbitrary<Condition> = fc.oneof(
  fc.tuple(
    oneOf('IpAddress', 'NotIpAddress'),
    fc.constant('aws:SourceIp'),
    fc.array(oneOf('10.0.0.0/8', '10.0.0.0/16', '0.0.0.0/0', '192.0.2.1'), { minLength: 1, maxLength: 2 }),
  ),
  fc.tuple(
    oneOf('DateLessThan', 'DateGreaterThan'),
    fc.constant('aws:CurrentTime'),
    oneOf(['2026-01-01T00:00:00Z'], ['2027-01-01T00:00:00Z']),
  ),
  fc.tuple(
    oneOf('StringLike', 'StringNotLike', 'StringEquals', 'ForAnyValue:StringLike'),
    fc.constant('sts:RoleSessionName'),
    fc.array(oneOf('deploy-*', 'octo', '*=*', '${aws:PrincipalAccount}', '??'), { minLength: 1, maxLength: 2 }),
  ),
  fc.tuple(
    oneOf('NumericLessThan', 'NumericGreaterThan', 'NumericGreaterThanEquals', 'NumericNotEquals'),
    fc.constant('aws:MultiFactorAuthAge'),
    oneOf(['5'], ['6'], ['3', '5.5']),
  ),
  fc.tuple(
    oneOf('ForAnyValue:StringEquals', 'ForAllValues:StringLike', 'StringEqualsIfExists'),
    fc.constant('aws:TagKeys'),
    oneOf(['a'], ['a', 'b*']),
  ),
  fc.tuple(fc.constant('Bool'), fc.constant('sts:RoleAuthorizedByIdp'), oneOf(['true'], ['false'])),
);

function conditionsFor(signer: Signer, tokens: readonly Claims[], maxLength: number) {
  const one = fc.oneof({ weight: 6, arbitrary: onClaim(signer, tokens) }, { weight: 1, arbitrary: onRequest });
  return fc.array(one, { maxLength }).map((all) =>
    all.reduce<Record<string, Record<string, readonly string[]>>>((found, [operator, key, values]) => {
      found[operator] = { ...found[operator], [key]: values };
      return found;
    }, {}),
  );
}

const actions = oneOf<object>(
  ...[{ Action: 'sts:AssumeRoleWithWebIdentity' }, { Action: 'sts:AssumeRoleWithWebIdentity' }, { Action: 'sts:*' }],
  { NotAction: 'sts:AssumeRole' },
);

/** A trust policy for tokens of a signer, with denials, and made after some of its tokens. */
export function policyFor(signer: Signer, tokens: readonly Claims[]): fc.Arbitrary<object> {
  const { provider } = signer;
  const another = 'arn:aws:iam::210987654321:oidc-provider/oidc.other.example';
  const allow = fc
    .tuple(conditionsFor(signer, tokens, 4), oneOf<unknown>(provider, provider, [another, provider]), actions)
    .map(([Condition, Federated, action]) => ({ Effect: 'Allow', Principal: { Federated }, ...action, Condition }));
  const whom = oneOf<object>(
    ...[{ Principal: '*' }, { Principal: { AWS: '*' } }, { Principal: { Federated: provider } }],
    ...[{ Principal: { Federated: another } }, { NotPrincipal: { Federated: provider } }],
    { NotPrincipal: { Federated: another } },
  );
  const deny = fc
    .tuple(conditionsFor(signer, tokens, 3), whom, actions)
    .map(([Condition, principal, action]) => ({ Effect: 'Deny', ...principal, ...action, Condition }));
  return fc
    .tuple(
      fc.array(allow, { minLength: 1, maxLength: 2 }),
      fc.array(deny, { maxLength: 2 }),
      oneOf('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'),
    )
    .map(([allowed, denied, Version]) => ({ Version, Statement: [...allowed, ...denied] }));
}

/** Federated credentials for tokens of a signer, some with an expression, of which Entra does not take all. */
export function credentialsFor({ iss, texts, flexible }: Signer, tokens: readonly Claims[]): fc.Arbitrary<object[]> {
  const claimed = (name: string) => tokens.flatMap((token) => [token[name] ?? []].flat()).map(String);
  const some = (name: string) => fc.oneof(oneOf(...claimed(name), 'x'), oneOf(...texts));
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const matches = (name: string) =>
    fc.tuple(some(name), changes).map(([text, change]) => `claims['${name}'] matches ${quoted(change(text))}`);
  const equals = (name: string) => some(name).map((text) => `claims['${name}'] eq ${quoted(text)}`);
  const audiences = fc.oneof(
    fc.constant(['api://AzureADTokenExchange']),
    oneOf(...claimed('aud')).map((one) => [one]),
  );
  const exact = fc.record({ subject: some('sub'), audiences });
  const expression =
    flexible &&
    fc
      .tuple(
        oneOf(...flexible.matched).chain(matches),
        oneOf(...flexible.equal).chain(equals),
        fc.array(oneOf(...flexible.matched).chain(matches), { maxLength: 1 }),
      )
      .map(([first, second, more]) => ({ value: [first, second, ...more].join(' and '), languageVersion: 1 }));
  const credential = expression
    ? fc.oneof(exact, fc.record({ claimsMatchingExpression: expression, audiences }))
    : exact;
  return fc
    .array(credential, { minLength: 1, maxLength: 3 })
    .map((all) => all.map((one, index) => ({ name: `credential-${index}`, issuer: iss, ...one })));
}
