import {
  azureDevOps,
  bitbucket,
  buildkite,
  circleCi,
  entra,
  entraIssuer,
  gitHub,
  gitHubIssuer,
  gitLab,
  google,
  type Issuer,
  type TokenShape,
  terraformCloud,
} from '@fedbridge/issuers';
import type { Alphabet } from './alphabet.ts';
import { cutsIgnoringCase, machineOfPatterns } from './language.ts';
import type { ClaimAtom } from './tokens.ts';

/** Who is one of ours, as a user says it: `github:octo`, `github:octo@65001`, `github:octo/app`, `azure-pipelines:contoso`. */
export interface Mine {
  readonly kind: string;
  readonly name?: string | undefined;
  /** An id that is never given to another. */
  readonly id?: string | undefined;
  /** A repository or project of the owner; all of them without. */
  readonly project?: string | undefined;
  readonly projectId?: string | undefined;
}

interface Kind {
  readonly issuer?: Issuer;
  /** Fields of the issuer's tokens. */
  readonly name?: string;
  readonly id?: string;
  readonly project?: string;
  readonly projectId?: string;
  /** How each is written; what has no form cannot be said. */
  readonly forms: Readonly<Partial<Record<(typeof parts)[number], Form>>>;
  /** Whether names at an address are those that a user means: another server has its own. All of the issuer's without. */
  readonly names?: (iss: string) => boolean;
  /** Whether an address signs for this owner alone. */
  readonly owns?: (iss: string, mine: Mine) => boolean;
}

interface Form {
  readonly fits: RegExp;
  /** What it is, `a number` for example. */
  readonly what: string;
}

const parts = ['name', 'id', 'project', 'projectId'] as const;

const number: Form = { fits: /^\d+$/, what: 'a number' };
const guid: Form = { fits: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, what: 'a GUID' };
const slug: Form = { fits: /^[A-Za-z\d_][\w.-]*$/, what: 'letters, digits and hyphens' };
/** Of a project: anything that is no wildcard and has no blank around it. */
const title: Form = { fits: /^[^\s*?:]([^*?:]*[^\s*?:])?$/, what: 'a name without wildcards' };

const last = (iss: string) => iss.slice(iss.lastIndexOf('/') + 1).toLowerCase();

/** An enterprise's address has the same owners. */
const isOfGitHubCom = (iss: string) => iss === gitHubIssuer || iss.startsWith(`${gitHubIssuer}/`);

const kinds: Readonly<Record<string, Kind>> = {
  github: {
    issuer: gitHub,
    names: isOfGitHubCom,
    name: 'owner',
    id: 'ownerId',
    project: 'repository',
    projectId: 'repositoryId',
    forms: { name: slug, id: number, project: { ...slug, fits: /^[\w.-]+$/ }, projectId: number },
  },
  'github-enterprise': {
    issuer: gitHub,
    names: isOfGitHubCom,
    id: 'enterprise_id',
    owns: (iss, { name }) => isOfGitHubCom(iss) && last(iss) === name?.toLowerCase(),
    forms: { name: slug, id: number },
  },
  'azure-pipelines': {
    name: 'organization',
    id: 'organization',
    project: 'project',
    owns: (iss, { id }) => azureDevOps.is(iss) && last(iss) === id?.toLowerCase(),
    forms: { name: slug, id: guid, project: title },
  },
  entra: {
    issuer: entra,
    owns: (iss, { id, name }) => entraIssuer(iss)?.tenant.toLowerCase() === (id ?? name)?.toLowerCase(),
    forms: { name: guid, id: guid },
  },
  gitlab: {
    issuer: gitLab,
    name: 'group',
    id: 'namespaceId',
    project: 'project',
    forms: { name: slug, id: number, project: title },
  },
  'terraform-cloud': {
    issuer: terraformCloud,
    name: 'organization',
    project: 'project',
    forms: { name: slug, project: title },
  },
  buildkite: {
    issuer: buildkite,
    name: 'organization',
    id: 'organizationId',
    project: 'pipeline',
    forms: { name: slug, id: guid, project: slug },
  },
  circleci: {
    issuer: circleCi,
    owns: (iss, { id, name }) => last(iss) === (id ?? name)?.toLowerCase(),
    forms: { name: guid, id: guid },
  },
  bitbucket: {
    issuer: bitbucket,
    owns: (iss, { name }) => iss.split('/')[5]?.toLowerCase() === name?.toLowerCase(),
    forms: { name: slug },
  },
  google: { issuer: google, name: 'account', id: 'google/organization_number', forms: { name: number, id: number } },
  account: { name: 'account', forms: { name: { fits: /^\d{12}$/, what: 'a number of twelve digits' } } },
  issuer: {
    owns: (iss, { name }) => iss === name,
    forms: {
      name: { fits: /^(https:\/\/|arn:|[\w.-]+\.)\S+$/, what: 'an https:// URL, an ARN or the name of a service' },
    },
  },
};

/**
 * Reads who is ours.
 *
 * @returns undefined for what is none, which `whyNotMine` explains
 */
export function parseMine(text: string): Mine | undefined {
  return whyNotMine(text) === undefined ? split(text) : undefined;
}

/** Why a text says of nobody that he is ours, a sentence; undefined for one that does. */
export function whyNotMine(text: string): string | undefined {
  const mine = split(text);
  if (!mine) return `"${text}" is not an owner; github:octo and azure-pipelines:contoso are, for example.`;
  const { forms } = kinds[mine.kind] ?? { forms: {} };
  for (const part of parts) {
    const [value, form] = [mine[part], forms[part]];
    if (value === undefined || form?.fits.test(value)) continue;
    const what = `"${text}": the ${words[part]} of ${mine.kind}`;
    return form ? `${what} is ${form.what}, not "${value}".` : `${what} cannot be told by a token, so leave it out.`;
  }
  return undefined;
}

const words = { name: 'name', id: 'id', project: 'project', projectId: "project's id" } as const;

function split(text: string): Mine | undefined {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (colon < 0 || !Object.hasOwn(kinds, kind) || rest === '') return undefined;
  if (kind === 'issuer') return { kind, name: rest };
  const [, name, id, project, projectId] = /^([^@/]*)(?:@([^@/]+))?(?:\/([^@/]+)(?:@([^@/]+))?)?$/.exec(rest) ?? [];
  if (name === undefined || (name === '' && id === undefined)) return undefined;
  return { kind, name: name === '' ? undefined : name, id, project, projectId };
}

/** The kinds of owners that can be told. */
export const kindsOfOwners: readonly string[] = Object.keys(kinds);

/** Whether an issuer signs for one of ours alone. */
export function ownsIssuer(mine: readonly Mine[], iss: string): boolean {
  return mine.some((one) => {
    const kind = kinds[one.kind];
    return kind?.owns?.(iss, one) === true && (!kind.issuer || kind.issuer.is(iss));
  });
}

export function cutsOfMine(mine: readonly Mine[]): readonly number[] {
  return mine.flatMap(({ name = '', id = '', project = '', projectId = '' }) =>
    [name, id, project, projectId].flatMap(cutsIgnoringCase),
  );
}

/** What is true of a token of ours: one of these conjunctions. */
export function atomsOfMine(
  mine: readonly Mine[],
  iss: string,
  { shape, alphabet }: { shape: TokenShape; alphabet: Alphabet },
): readonly (readonly ClaimAtom[])[] {
  return mine.flatMap((one) => {
    const kind = kinds[one.kind];
    if (!kind || (kind.issuer && !kind.issuer.is(iss)) || kind.names?.(iss) === false) return [];
    const is = (field: string | undefined, text: string | undefined): ClaimAtom | undefined => {
      if (field === undefined || text === undefined || !shape.fields[field]) return undefined;
      const pattern = { text, literal: new Set<number>() };
      const machine = machineOfPatterns(alphabet, [pattern], { wildcards: false, ignoreCase: true });
      return { parts: [{ field }], machine, negated: false, ifMissing: false };
    };
    // A name and an id that belong together are of the same: one of them is enough.
    const owners = [is(kind.name, one.name), is(kind.id, one.id)].filter((atom) => atom !== undefined);
    const named = is(kind.project, one.project);
    const byId = is(kind.projectId, one.projectId);
    const ofOwner =
      one.project === undefined ? owners.map((owner) => [owner]) : named ? owners.map((owner) => [owner, named]) : [];
    return [...ofOwner, ...(byId ? [[byId]] : [])];
  });
}
