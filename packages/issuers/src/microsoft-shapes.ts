import { azureDevOpsApplication } from './azure-devops.ts';
import { cloudCodes, entra, entraIssuer } from './entra.ts';
import { entraAudience } from './entra-clouds.ts';
import { base64OfGuid } from './guid-bytes.ts';
import {
  amr,
  base64Guid,
  type ClaimPart,
  exampleId,
  field,
  guid,
  type Language,
  noSlash,
  ofField,
  optional,
  shapeOf,
  type TokenShape,
  text,
} from './token-shape.ts';

/** A pipeline may be in folders; a connection may have any name. */
const names: readonly (readonly [scheme: string, name: Language])[] = [
  ['sc://', { chars: '^' }],
  ['p://', { sequence: [noSlash, { many: { sequence: ['/', noSlash] } }] }],
];

/** It is the issuer that says what a token is for: Entra's exchange, in whatever cloud [Teleport RFD 211, decoded tokens]. */
const exchange = field({ sequence: [entraAudience.uri, { anyOf: ['', { chars: 'A-Za-z' }] }] }, entraAudience.uri);

/** The tokens of an organization of Azure DevOps. */
export const azureDevOpsShapes: readonly TokenShape[] = names.map(([scheme, name]) =>
  withFields(
    shapeOf([scheme, { field: 'organization' }, '/', { field: 'project' }, '/', { field: 'name' }], {
      organization: field(noSlash, 'contoso'),
      project: field(noSlash, 'anything'),
      name: field(name, 'anything'),
    }),
    { aud: exchange },
  ),
);

/** With other claims of the names of these fields, and in their place. */
function withFields(shape: TokenShape, fields: TokenShape['fields']): TokenShape {
  const claims = Object.fromEntries(Object.keys(fields).map((name) => [name, ofField(name)]));
  return { ...shape, fields: { ...shape.fields, ...fields }, claims: { ...shape.claims, ...claims } };
}

/** @param iss - of Entra: tokens of the first version are for no service connection, and have no computed subject */
export function entraShapes(iss: string): readonly TokenShape[] {
  const { tenant = '', version } = entraIssuer(iss) ?? {};
  // A user's may say how he signed in, and what his tenant likes.
  const all = version === 1 ? [principalShape(iss)] : secondVersion(tenant, principalShape(iss));
  return all.map((shape) => ({ ...shape, lists: { amr }, isOpen: true }));
}

/**
 * By version 2 the audience is the id of an application, and who asked for a token for another application is its `azp`. Entra's exchange asks
 * for nothing: others ask for tokens for it [Microsoft Learn, Access token claims reference, `aud` and `azp`; ID token claims reference].
 */
function secondVersion(tenant: string, principal: TokenShape): readonly TokenShape[] {
  const aud = field(guid, entraAudience.clientId);
  const other = idsBut(entraAudience.clientId);
  const others = [computedShape(tenant), principal].flatMap((shape) => {
    const { azp: _, ...fields } = shape.fields;
    const { azp: __, ...claims } = shape.claims;
    return [
      withFields(shape, { aud, azp: field(other, exampleId) }),
      withFields({ ...shape, fields, claims }, { aud: field(other, exampleId) }),
    ];
  });
  return [withFields(connectionShape(tenant), { aud }), ...others];
}

/** All texts of what GUIDs are made of but one. */
function idsBut(one: string): Language {
  const [first = '', rest] = [one.slice(0, 1), one.slice(1)];
  const letters: Language = { chars: '0-9a-f-' };
  const more: Language = { anyOf: ['', letters] };
  const others = [...'0123456789abcdef-'].filter((letter) => letter !== first);
  const same = rest === '' ? letters : { anyOf: ['', idsBut(rest)] };
  return { anyOf: [{ sequence: [{ anyOf: others }, more] }, { sequence: [first, same] }] };
}

// That it is the issuer's own was not seen of every connection.
const computed = (tenant: string) => ({
  cloud: field({ anyOf: cloudCodes }, 'pub'),
  tenant: field(base64Guid, base64OfGuid(tenant)),
});
const ofTenant: readonly ClaimPart[] = ['/eid1/c/', { field: 'cloud' }, '/t/', { field: 'tenant' }];

/** Of a service connection: the application in its subject, and in `azp`, is Azure DevOps. */
function connectionShape(tenant: string): TokenShape {
  const application = `/a/${base64OfGuid(azureDevOpsApplication)}/sc/`;
  return shapeOf(
    [...ofTenant, application, { field: 'organization' }, '/', { field: 'connection' }],
    { ...computed(tenant), organization: field(guid, exampleId), connection: field(guid, exampleId) },
    { others: { email }, claims: { azp: [azureDevOpsApplication] } },
  );
}

const end: Language = { anyOf: ['', noSlash] };
/** What stands between two slashes, and is not `sc`. */
const otherKey: Language = {
  anyOf: [
    's',
    { sequence: [{ chars: '^/s', length: 1 }, end] },
    { sequence: ['s', { chars: '^/c', length: 1 }, end] },
    { sequence: ['sc', noSlash] },
  ],
};

/** Of what else Entra computes subjects for, such as plug-ins of Power Platform. */
function computedShape(tenant: string): TokenShape {
  return shapeOf(
    [...ofTenant, '/a/', { field: 'application' }, '/', { field: 'workload' }],
    {
      ...computed(tenant),
      application: field(base64Guid, 'qzXoWDkuqUa3l6zM5mM0Rw'),
      workload: field({ sequence: [otherKey, { many: { sequence: ['/', otherKey] } }] }, 'n/plugin'),
    },
    { others: { azp, email } },
  );
}

/** Of a service principal or a user: the first a GUID, the second 32 bytes that are made for the application. */
function principalShape(iss: string): TokenShape {
  const ofUser: Language = {
    sequence: [
      { chars: 'A-Za-z0-9_-', length: 42 },
      { chars: 'AEIMQUYcgkosw048', length: 1 },
    ],
  };
  return shapeOf(
    [{ field: 'principal' }],
    { principal: field({ anyOf: [guid, ofUser] }, exampleId) },
    // All personal accounts are of one tenant.
    { owner: entra.sharedByStrangers(iss) ? ['principal'] : [], others: { azp, email } },
  );
}

/** Both are there where an application asks for them, or its tenant maps claims [Microsoft Learn, Optional claims reference]. */
const azp = optional(guid, exampleId);
const email = optional(text, 'stranger@example.com');
