import { digits, field, type Language, optional, shapeOf, type TokenField, type TokenShape } from './token-shape.ts';

const noAt: Language = { chars: '^@ ' };
const host = '.apps.googleusercontent.com';
const application: Language = {
  sequence: [digits, { anyOf: ['', { sequence: ['-', { chars: 'a-z0-9' }] }] }, host],
};
const exampleApplication = `1000001-a1b2c3${host}`;

/** An address by its mailbox and its domain, in whatever case. */
interface Address {
  readonly mailbox: TokenField;
  readonly domain: TokenField;
  /** Whether each mailbox of a domain is somebody else's. */
  readonly isShared: (domain: string) => boolean;
}

/** Who gives mailboxes to whoever likes. There are more. */
const publicDomains = new Set([
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com', 'ymail.com'],
  ...['icloud.com', 'me.com', 'mac.com', 'aol.com', 'proton.me', 'protonmail.com', 'pm.me', 'fastmail.com', 'hey.com'],
  ...['gmx.com', 'gmx.de', 'gmx.net', 'web.de', 'mail.com', 'mail.ru', 'yandex.com', 'yandex.ru', 'zoho.com', 'qq.com'],
  ...['163.com', '126.com', 'tuta.com', 'tutanota.com'],
]);

const ofUser: Address = {
  mailbox: field(noAt, 'stranger'),
  domain: field(noAt, 'example.com'),
  isShared: (domain) => publicDomains.has(domain.toLowerCase()),
};

/**
 * A project's service accounts have its name in their domain; a domain's own project has the domain in its name. Google's own agents for
 * a project, and its default accounts, have the project before the @. Source: Google Cloud, "Types of service accounts" and "Service agents".
 */
const ofService: Address = {
  mailbox: field({ chars: 'a-z0-9.-' }, 'stranger'),
  domain: field({ sequence: [{ chars: 'a-z0-9.-' }, '.gserviceaccount.com'] }, 'anything.iam.gserviceaccount.com'),
  isShared: (domain) => /^gcp-sa-/.test(domain) || !/.\.iam\.gserviceaccount\.com$/.test(domain),
};

interface Form {
  readonly address: Address;
  /** The claims that the address is in. */
  readonly claimed: readonly ('email' | 'azp')[];
  readonly isOptional?: true;
  readonly claims?: TokenShape['claims'];
  readonly others?: Readonly<Record<string, TokenField>>;
}

/**
 * A user signs in to an application, which is `azp`, and for one its token is; of a service account `azp` is its own number, or its address
 * where a key of it asked for the token. Source: Google Identity, OpenID Connect; Google Cloud, "Get an ID token" and "Create short-lived
 * credentials for a service account"; googleapis/google-auth-library-python, #746 and #1270.
 */
export const googleShapes: readonly TokenShape[] = [
  forUser(
    shapeWith({
      address: ofUser,
      claimed: ['email'],
      isOptional: true,
      others: { azp: optional(application, exampleApplication) },
    }),
  ),
  shapeWith({ address: ofService, claimed: ['email'], isOptional: true, claims: { azp: [{ field: 'account' }] } }),
  shapeWith({ address: ofService, claimed: ['email', 'azp'] }),
  shapeWith({ address: ofService, claimed: ['azp'] }),
];

/** Each field of an owner tells by itself one account from another, one organization, or one domain. */
function shapeWith({ address, claimed, isOptional, claims = {}, others = {} }: Form): TokenShape {
  const { mailbox, domain, isShared } = address;
  const make = (one: TokenField): TokenField => ({ ...one, anyCase: true, ...(isOptional ? { optional: true } : {}) });
  const parts = [{ field: 'mailbox' }, '@', { field: 'domain' }];
  const shape = shapeOf(
    [{ field: 'account' }],
    {
      account: field(digits, '108000000000000000001'),
      ...{ mailbox: make(mailbox), domain: make(domain) },
      'google/organization_number': optional(digits, '1000001'),
    },
    {
      owner: ['account', 'google/organization_number', 'domain'],
      claims: {
        ...claims,
        'google/organization_number': [{ field: 'google/organization_number' }],
        ...Object.fromEntries(claimed.map((claim) => [claim, parts])),
      },
      others,
    },
  );
  return { ...shape, shared: { field: 'domain', by: 'mailbox', isShared } };
}

/** Whose token is for an application; a service account asks for any audience. */
function forUser(shape: TokenShape): TokenShape {
  const fields = { ...shape.fields, aud: field(application, exampleApplication) };
  return { ...shape, fields, application: ['azp', 'aud'] };
}
