import { digits, field, type Language, optional, shapeOf, type TokenField, type TokenShape } from './token-shape.ts';

const noAt: Language = { chars: '^@ ' };
const host = '.apps.googleusercontent.com';
const application: Language = {
  sequence: [digits, { anyOf: ['', { sequence: ['-', { chars: 'a-z0-9' }] }] }, host],
};

/** A domain's own project has the domain in its name, and its default accounts have it before the @. */
const serviceAddress: Language = {
  sequence: [{ chars: 'a-z0-9.-' }, '@', { chars: 'a-z0-9.-' }, '.gserviceaccount.com'],
};
const exampleAddress = 'stranger@anything.iam.gserviceaccount.com';

const exampleApplication = `1000001-a1b2c3${host}`;

/** Each by itself tells one account from another, or one organization. */
const owner = ['account', 'google/organization_number', 'email'];
const account: Readonly<Record<string, TokenField>> = { account: field(digits, '108000000000000000001') };
const organization = { 'google/organization_number': optional(digits, '1000001') };

/**
 * A user signs in to an application, which is `azp`, and for one its token is; of a service account `azp` is its own number, or its address
 * where a key of it asked for the token. Source: Google Identity, OpenID Connect; Google Cloud, "Get an ID token" and "Create short-lived
 * credentials for a service account"; googleapis/google-auth-library-python, #746 and #1270.
 */
export const googleShapes: readonly TokenShape[] = [
  forUser(
    shapeOf([{ field: 'account' }], account, {
      owner,
      others: {
        azp: optional(application, exampleApplication),
        email: optional({ sequence: [noAt, '@', noAt] }, 'stranger@example.com'),
        ...organization,
      },
    }),
  ),
  shapeOf([{ field: 'account' }], account, {
    owner,
    claims: { azp: [{ field: 'account' }] },
    others: {
      email: optional(serviceAddress, exampleAddress),
      ...organization,
    },
  }),
  shapeOf([{ field: 'account' }], account, {
    owner,
    claims: { azp: [{ field: 'email' }] },
    others: { email: field(serviceAddress, exampleAddress), ...organization },
  }),
  shapeOf(
    [{ field: 'account' }],
    { ...account, address: field(serviceAddress, exampleAddress) },
    {
      owner: ['account', 'google/organization_number', 'address'],
      claims: { azp: [{ field: 'address' }] },
      others: organization,
    },
  ),
];

/** Whose token is for an application; a service account asks for any audience. */
function forUser(shape: TokenShape): TokenShape {
  return { ...shape, fields: { ...shape.fields, aud: field(application, exampleApplication) } };
}
