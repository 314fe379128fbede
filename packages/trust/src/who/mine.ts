import {
  azureDevOps,
  bitbucket,
  buildkiteIssuer,
  circleCi,
  entra,
  entraIssuer,
  gitHub,
  gitHubIssuer,
  gitLab,
  google,
  issuerOf,
  loginPrincipal,
  terraformCloud,
  terraformCloudIssuer,
} from '@fedbridge/issuers';

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

/** How an owner is told by the tokens of an issuer: by fields of theirs, or by its URL. */
export interface Told {
  /** Whether all that the issuer signs is this owner's. */
  readonly byUrl?: true;
  readonly name?: string;
  readonly id?: string;
  readonly project?: string;
  readonly projectId?: string;
  /** Whether an id is of what has the name, and of nothing below it: with another id a token is somebody else's, whatever its names. */
  readonly idsDecide?: true;
  /** A field with a slash in what is below what has the name: of that the id says nothing. */
  readonly nestedIn?: string;
}

interface Kind {
  /** How each is written; what has no form cannot be said. */
  readonly forms: Readonly<Partial<Record<(typeof parts)[number], Form>>>;
  /** @returns undefined for an issuer at which there is none of this kind: a name there is another's */
  readonly toldAt: (iss: string, mine: Mine) => Told | undefined;
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

const isSame = (one: string | undefined, other: string | undefined) =>
  one !== undefined && one.toLowerCase() === other?.toLowerCase();
const last = (iss: string) => iss.slice(iss.lastIndexOf('/') + 1);
/** Whether an issuer signs for strangers: its URL says of nobody that he is ours. */
const isShared = (iss: string) => issuerOf(iss)?.sharedByStrangers(iss) === true || loginPrincipal(iss) !== undefined;
const byUrl = (isOurs: boolean): Told | undefined => (isOurs ? { byUrl: true } : undefined);

/** An enterprise's address has the same owners. */
const isOfGitHubCom = (iss: string) => gitHub.is(iss) && (iss === gitHubIssuer || iss.startsWith(`${gitHubIssuer}/`));

const ofGitHub: Told = {
  name: 'owner',
  id: 'ownerId',
  project: 'repository',
  projectId: 'repositoryId',
  idsDecide: true,
};
// A group's groups have ids of their own.
const ofGitLab: Told = { name: 'group', id: 'namespace_id', project: 'project', idsDecide: true, nestedIn: 'project' };
const ofTerraform: Told = { name: 'organization', project: 'project' };
const ofBuildkite: Told = { name: 'organization', id: 'organization_id', project: 'pipeline', idsDecide: true };

const kinds: Readonly<Record<string, Kind>> = {
  github: {
    forms: { name: slug, id: number, project: { ...slug, fits: /^[\w.-]+$/ }, projectId: number },
    toldAt: (iss) => (isOfGitHubCom(iss) ? ofGitHub : undefined),
  },
  'github-enterprise': {
    forms: { name: slug, id: number },
    toldAt(iss, { name }) {
      if (!isOfGitHubCom(iss)) return undefined;
      const isOwn = iss !== gitHubIssuer && isSame(last(iss), name);
      return { ...(isOwn ? { byUrl: true } : {}), id: 'enterprise_id', idsDecide: true };
    },
  },
  'azure-pipelines': {
    forms: { name: slug, id: guid, project: title },
    toldAt(iss, { id }) {
      // Of a service connection on the Entra issuer there are ids alone.
      if (entra.is(iss)) return { id: 'organization' };
      if (!azureDevOps.is(iss)) return undefined;
      if (id === undefined) return { name: 'organization', project: 'project' };
      return isSame(last(iss), id) ? { byUrl: true, project: 'project' } : undefined;
    },
  },
  entra: {
    forms: { name: guid, id: guid },
    toldAt: (iss, { id, name }) => byUrl(isSame(entraIssuer(iss)?.tenant, id ?? name) && !entra.sharedByStrangers(iss)),
  },
  gitlab: {
    forms: { name: slug, id: number, project: title },
    toldAt: (iss) => (gitLab.is(iss) ? ofGitLab : undefined),
  },
  'terraform-cloud': {
    forms: { name: slug, project: title },
    toldAt: (iss) => (iss === terraformCloudIssuer ? ofTerraform : undefined),
  },
  // What has a name there is another organization than what has it elsewhere.
  'terraform-cloud-eu': {
    forms: { name: slug, project: title },
    toldAt: (iss) => (terraformCloud.is(iss) && iss !== terraformCloudIssuer ? ofTerraform : undefined),
  },
  buildkite: {
    forms: { name: slug, id: guid, project: slug },
    toldAt: (iss) => (iss === buildkiteIssuer ? ofBuildkite : undefined),
  },
  circleci: {
    forms: { name: guid, id: guid },
    toldAt: (iss, { id, name }) => byUrl(circleCi.is(iss) && isSame(last(iss), id ?? name)),
  },
  bitbucket: {
    forms: { name: slug },
    toldAt: (iss, { name }) => byUrl(bitbucket.is(iss) && isSame(iss.split('/')[5], name)),
  },
  google: {
    forms: { name: number, id: number },
    toldAt: (iss) => (google.is(iss) ? { name: 'account', id: 'google/organization_number' } : undefined),
  },
  account: {
    forms: { name: { fits: /^\d{12}$/, what: 'a number of twelve digits' } },
    // Of AWS itself, or of a service that acts for somebody: neither is a URL.
    toldAt: (iss) => (URL.canParse(iss) ? undefined : { name: 'account' }),
  },
  'aws-organization': {
    forms: { name: { fits: /^o-[a-z\d]{10,32}$/, what: 'o- with letters and digits' } },
    toldAt: (iss) => (URL.canParse(iss) ? undefined : { name: 'organization' }),
  },
  issuer: {
    forms: {
      name: { fits: /^(https:\/\/|arn:|[\w.-]+\.)\S+$/, what: 'an https:// URL, an ARN or the name of a service' },
    },
    toldAt: (iss, { name }) => byUrl(iss === name && !isShared(iss)),
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
  const { kind, name = '' } = mine;
  if (kind === 'issuer' && isShared(name.toLowerCase()))
    return `"${text}": ${name} signs for strangers too, so that it is nobody's own: name the owner, github:octo for example.`;
  const forms: Kind['forms'] = kinds[kind]?.forms ?? {};
  for (const part of parts) {
    const [value, form] = [mine[part], forms[part]];
    if (value === undefined || form?.fits.test(value)) continue;
    const what = `"${text}": the ${words[part]} of ${kind}`;
    return form ? `${what} is ${form.what}, not "${value}".` : `${what} cannot be told by a token, so leave it out.`;
  }
  return undefined;
}

const words = { name: 'name', id: 'id', project: 'project', projectId: "project's id" } as const;

function split(text: string): Mine | undefined {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (colon < 0 || rest === '' || !Object.hasOwn(kinds, kind)) return undefined;
  if (kind === 'issuer') return { kind, name: rest };
  const [, name, id, project, projectId] = /^([^@/]*)(?:@([^@/]+))?(?:\/([^@/]+)(?:@([^@/]+))?)?$/.exec(rest) ?? [];
  if (name === undefined || (name === '' && id === undefined)) return undefined;
  return { kind, name: name === '' ? undefined : name, id, project, projectId };
}

/** As a user writes it. */
export function formatMine({ kind, name = '', id, project, projectId }: Mine): string {
  const at = (one: string | undefined) => (one === undefined ? '' : `@${one}`);
  return `${kind}:${name}${at(id)}${project === undefined ? '' : `/${project}${at(projectId)}`}`;
}

/** The kinds of owners that can be told. */
export const kindsOfOwners: readonly string[] = Object.keys(kinds);

/** How one of ours is told at an issuer; undefined where he is not. */
export const toldAt = (iss: string, mine: Mine): Told | undefined => kinds[mine.kind]?.toldAt(iss, mine);

/** Whether an issuer signs for one of ours alone, whatever its tokens say. */
export function ownsIssuer(mine: readonly Mine[], iss: string): boolean {
  return mine.some((one) => {
    const told = one.project === undefined ? toldAt(iss, one) : undefined;
    // The name in a URL can be given to another, whom an id tells.
    return told?.byUrl === true && !(told.idsDecide && told.id !== undefined && one.id !== undefined);
  });
}
