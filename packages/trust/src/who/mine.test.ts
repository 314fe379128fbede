import { loginServices } from '@fedbridge/issuers';
import { describe, expect, test } from 'vitest';
import { formatMine, kindsOfOwners, ownsIssuer, parseMine, whyNotMine } from './mine.ts';

const guid = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

/** By kind: what says who is ours, and what cannot be true of anybody. */
const forms: Readonly<Record<string, { readonly good: readonly string[]; readonly bad: readonly string[] }>> = {
  github: {
    good: ['octo', 'octo@65001', '@65001', 'octo/app', 'octo/.github', 'octo@65001/app@79', '@65001/app', 'octo_acme'],
    bad: ['acme@x', '@x', 'octo@65001a', 'octo/app@x', 'octo@', 'oc to', 'octo*', 'octo/*', 'octo/app/x', '', 'octo:x'],
  },
  'github-enterprise': { good: ['acme', 'acme@7', '@7'], bad: ['acme@x', 'acme/app', 'acme*'] },
  'azure-pipelines': {
    good: ['contoso', `@${guid}`, `contoso@${guid}`, 'contoso/web shop', `@${guid.toUpperCase()}`],
    bad: ['contoso@7', '@contoso', 'contoso/web@7', 'contoso/ web', 'contoso.*'],
  },
  entra: { good: [guid, `@${guid}`], bad: ['contoso.onmicrosoft.com', '@contoso', `${guid}/web`, `${guid.slice(1)}`] },
  gitlab: { good: ['acme', 'acme@7', '@7', 'acme/web'], bad: ['acme@web', 'acme/web@7', 'acme/*'] },
  'terraform-cloud': { good: ['acme', 'acme/web shop'], bad: ['acme@7', '@7', 'acme*'] },
  'terraform-cloud-eu': { good: ['acme'], bad: ['acme@7'] },
  buildkite: { good: ['acme', `acme@${guid}`, 'acme/web'], bad: ['acme@7', `acme/web@${guid}`] },
  circleci: { good: [guid, `@${guid}`], bad: ['acme', '@acme', `${guid}/web`] },
  bitbucket: { good: ['acme'], bad: ['acme@7', 'acme/web'] },
  google: { good: ['108000000000000000001', '@7'], bad: ['me@example.com', '@example.com', 'someone'] },
  'aws-organization': {
    good: ['o-abcdef1234'],
    bad: ['abcdef1234', 'o-x', 'O-ABCDEF1234', '@o-abcdef1234', 'o-abcdef1234/x'],
  },
  account: { good: ['123456789012'], bad: ['12345678901', '1234567890123', 'prod', '@123456789012', '123456789012/x'] },
  issuer: {
    good: ['https://oidc.example.com/x', 'ec2.amazonaws.com', 'arn:aws:iam::111111111111:saml-provider/corp'],
    bad: ['http://oidc.example.com', 'x', 'https://a b', ''],
  },
};

describe('who is ours', () => {
  test('has every kind here', () => {
    expect(Object.keys(forms).sort()).toEqual([...kindsOfOwners].sort());
  });

  const all = Object.entries(forms);
  test.each(all.flatMap(([kind, { good }]) => good.map((text) => `${kind}:${text}`)))('is %s', (text) => {
    expect(whyNotMine(text)).toBeUndefined();
    expect(formatMine(parseMine(text) ?? { kind: '' })).toBe(text);
  });

  // An owner that no token can name is a typing error: taken for one of ours it would be nobody, without a word.
  test.each(all.flatMap(([kind, { bad }]) => bad.map((text) => `${kind}:${text}`)))('is not %s', (text) => {
    expect(parseMine(text)).toBeUndefined();
    expect(whyNotMine(text)).toContain(`"${text}"`);
  });

  test.each([
    ['github:acme@x', '"github:acme@x": the id of github is a number, not "x".'],
    [
      'terraform-cloud:acme@7',
      '"terraform-cloud:acme@7": the id of terraform-cloud cannot be told by a token, so leave it out.',
    ],
    [
      'issuer:https://gitlab.com',
      '"issuer:https://gitlab.com": https://gitlab.com signs for strangers too, so that it is nobody\'s own: name the owner, github:octo ' +
        'for example.',
    ],
    ['octo', '"octo" is not an owner; github:octo and azure-pipelines:contoso are, for example.'],
  ])('is told why not: %s', (text, why) => {
    expect(whyNotMine(text)).toBe(why);
  });

  const hosts = [
    ...['token.actions.githubusercontent.com', 'TOKEN.actions.githubusercontent.com', 'gitlab.com', 'app.terraform.io'],
    ...['app.eu.terraform.io', 'agent.buildkite.com', 'oidc.vercel.com', 'api.pulumi.com/oidc'],
    'login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
    ...loginServices.map(({ host }) => host),
  ];
  test.each(hosts)('is not whoever %s signs for', (host) => {
    expect(whyNotMine(`issuer:https://${host}`)).toContain('signs for strangers');
    const mine = { kind: 'issuer', name: `https://${host}` };
    expect(ownsIssuer([mine], `https://${host.toLowerCase()}`)).toBe(false);
  });

  test.each([
    ...['token.actions.githubusercontent.com/acme', 'gitlab.acme.example', `oidc.circleci.com/org/${guid}`],
    `login.microsoftonline.com/${guid}/v2.0`,
  ])('may be all that %s signs for', (host) => {
    const mine = parseMine(`issuer:https://${host}`);
    expect(mine && ownsIssuer([mine], `https://${host}`)).toBe(true);
  });
});
