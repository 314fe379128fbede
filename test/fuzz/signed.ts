import type { Claims } from './signer.ts';

/**
 * Why an issuer could never sign such a token, written from its own documents and not from the shapes that the engine goes by: what its
 * subject looks like, and which claims are functions of each other. Undefined for one that it could.
 */
export function whyNotSigned(claims: Claims): string | undefined {
  const host = String(claims.iss).replace(/^https:\/\//, '');
  const rule = rules.find(({ of }) => of.test(host));
  return rule && (rule.subject.test(String(claims.sub)) ? rule.why?.(claims) : 'no such subject');
}

interface Rule {
  readonly of: RegExp;
  readonly subject: RegExp;
  /** @returns what differs */
  readonly why?: (claims: Claims) => string | undefined;
}

const guid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const base64 = '[\\w-]{22}';
const exact = (...parts: readonly string[]) => new RegExp(`^(${parts.join('|')})$`, 's');

const rules: readonly Rule[] = [
  // Not the server's, which has further forms.
  { of: /^token\.actions\./, subject: /^[a-z_]+(:|$)/, why: ofGitHub },
  { of: /^vstoken\./, subject: /^(sc:\/\/[^/]+\/[^/]+\/.+|p:\/\/[^/]+\/[^/]+(\/[^/]+)+)$/s },
  {
    of: /^login\.microsoftonline\./,
    subject: exact(`/eid1/c/(pub|usg|chn|uss|usn)/t/${base64}/a/${base64}/.*`, guid, '[\\w-]{43}'),
    why: ({ sub, azp }) => {
      const [, , , , , , , application, kind, organization, connection, ...more] = String(sub).split('/');
      if (kind !== 'sc') return undefined;
      const isOne = [organization, connection].every((one) => exact(guid).test(one ?? '')) && more.length === 0;
      const isDevOps = application === 'rISbSSETf0KqFyZ8ppdXmA' && azp === '499b84ac-1321-427f-aa17-267ca6975798';
      return isOne && isDevOps ? undefined : 'azp and subject';
    },
  },
  { of: /^sts\.windows\.net/, subject: exact(guid, '[\\w-]{43}') },
  {
    of: /^oidc\.eks\./,
    subject: /^system:serviceaccount(:[a-z0-9]([a-z0-9.-]*[a-z0-9])?){2}$/,
  },
  { of: /^gitlab\.com$/, subject: /^(\d+|project_(path:[^:/]+(\/[^:/]+)+|id:\d+)(:[a-z_]+:[^:]+)*)$/s, why: ofGitLab },
  {
    of: /^app(\.eu)?\.terraform\.io$/,
    subject:
      /^organization:[^:]+:project:[^:]+:(workspace:[^:]+:run_phase:[^:]+|stack:[^:]+:deployment:[^:]+:operation:[^:]+)$/s,
  },
  {
    of: /^agent\.buildkite\.com$/,
    subject: exact(
      'organization:[a-z0-9-]+:pipeline:[a-z0-9-]+:ref:refs/(heads|tags)/[^:]+:commit:[^:]+:step:[^:]*',
      guid,
    ),
    why: ofBuildkite,
  },
  {
    of: /^oidc\.circleci\.com/,
    subject: exact(`org/${guid}/project/${guid}/user/${guid}(/vcs-origin/.+/vcs-ref/.+)?`),
    why: ({ iss, sub, 'oidc.circleci.com/project-id': project }) => {
      const [, organization, , own] = String(sub).split('/');
      const [, ref] = /\/vcs-ref\/(.+)$/s.exec(String(sub)) ?? [];
      if (ref !== undefined && !isRef(`x/${ref}`)) return 'ref';
      return String(iss).endsWith(`/${organization}`) && own === project ? undefined : 'organization or project';
    },
  },
  { of: /^api\.bitbucket\.org/, subject: exact(`\\{${guid}\\}(:\\{${guid}\\}){1,2}`) },
  { of: /^accounts\.google\.com$/, subject: /^\d+$/, why: ofGoogle },
  {
    of: /^api\.pulumi\.com\/oidc$/,
    subject: exact(
      'pulumi:deploy:org:[^:]+:project:[^:]+:stack:[^:]+:operation:[^:]+:scope:write',
      'pulumi:environments:org:[^:]+:env:[^:]+',
      'pulumi:environments:pulumi\\.organization\\.login:[^:]+(:[^:]+)+',
      '(?!pulumi:deploy:org:|pulumi:environments:(org|pulumi\\.organization\\.login):).*',
    ),
    why: ({ sub, aud }) => {
      const [, customer] = /^pulumi:\w+:(?:org|pulumi\.organization\.login):([^:]+)/.exec(String(sub)) ?? [];
      const isOf = ['', 'aws:', 'azure:', 'gcp:'].some((cloud) => aud === `${cloud}${customer}`);
      return customer === undefined || !/^pulumi:(deploy|environments):/.test(String(sub)) || isOf ? undefined : 'aud';
    },
  },
  { of: /^oidc\.codefresh\.io$/, subject: /^(account:[^:]+:pipeline:[^:]+(:[^:]+)+|(?!account:).*)$/s },
  { of: /^oidc\.fly\.io\/acme$/, subject: /^acme:[^:]+:[^:]+$/s },
  { of: /^acme\.semaphoreci\.com$/, subject: /^org:acme:project:[^:]+:repo:[^:]+:ref_type:[^:]+:ref:.+$/s },
];

/** Claims of a subject in any order, of which the context of a pull request is a word. */
function ofGitHub(claims: Claims): string | undefined {
  const { job_workflow_ref: flow, repository, repository_owner: owner } = claims;
  const texts = String(claims.sub).split(':');
  const seen = new Set<string>();
  for (let at = 0; at < texts.length; at += 1) {
    const claim = texts[at] ?? '';
    if (seen.has(claim)) return `${claim} twice`;
    seen.add(claim);
    if (claim === 'pull_request') continue;
    at += 1;
    const value = texts[at]?.replaceAll('%3A', ':');
    if (value === undefined) return `${claim} without a value`;
    if (!agrees(claims, claim, value)) return claim;
  }
  if (repository !== undefined && owner !== undefined && !String(repository).startsWith(`${owner}/`)) return 'owner';
  const isFlow =
    /^[^/:\s]+\/[^/:\s]+\/(\.github\/workflows\/[^/]+\.ya?ml|dynamic\/.+)@(refs\/(heads|tags|pull)\/.+|[0-9a-f]{40})$/s;
  if (flow !== undefined && !isFlow.test(String(flow))) return 'job_workflow_ref';
  const flowRef = /@(refs\/(?:(?!@refs\/).)*)$/s.exec(String(flow))?.[1];
  const refs = [claims.ref, flowRef].filter((one) => one !== undefined && one !== '').map(String);
  return refs.find((one) => !isRef(one)) && 'ref';
}

/** git-check-ref-format(1), rule by rule. */
function isRef(ref: string): boolean {
  const parts = ref.split('/');
  if (parts.length < 2 || parts.some((part) => part === '')) return false;
  if (parts.some((part) => part.startsWith('.') || part.endsWith('.lock'))) return false;
  if (['..', '@{', '\\', ' ', '~', '^', ':', '?', '*', '['].some((one) => ref.includes(one))) return false;
  return !ref.endsWith('.') && [...ref].every((one) => one > ' ' && one !== '\u007f');
}

function agrees(claims: Claims, claim: string, value: string): boolean {
  if (claim === 'repo') {
    const [, owner, ownerId, name, id] = /^([^/@]+)(?:@(\d+))?\/([^/@]+)(?:@(\d+))?$/.exec(value) ?? [];
    const { repository, repository_id: repositoryId, repository_owner_id: repositoryOwnerId } = claims;
    const isSame = repository === `${owner}/${name}` && (id === undefined) === (ownerId === undefined);
    return isSame && (id === undefined || (id === repositoryId && ownerId === repositoryOwnerId));
  }
  const known = claims[claim];
  if (!printed.includes(claim)) return true;
  return known === value || (known === undefined && value === '');
}

const printed = [
  ...['actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository', 'repository_id'],
  ...['repository_owner', 'repository_owner_id', 'workflow'],
];

function ofGitLab(claims: Claims): string | undefined {
  const texts = String(claims.sub).split(':');
  for (let at = 0; at < texts.length; at += 2) {
    const [claim = '', value] = [texts[at], texts[at + 1]];
    if (texts.some((one, other) => one === claim && other > at && other % 2 === 0)) return `${claim} twice`;
    if (claims[claim] !== undefined && String(claims[claim]) !== value) return claim;
    if (value?.startsWith('/')) return claim;
    if (claim === 'ref' && !isRef(`refs/heads/${value}`)) return 'ref';
  }
  return undefined;
}

function ofBuildkite(claims: Claims): string | undefined {
  const { sub, organization_slug: organization, pipeline_slug: pipeline, build_branch: branch } = claims;
  if (!String(sub).startsWith('organization:')) return undefined;
  if (!String(sub).startsWith(`organization:${organization}:pipeline:${pipeline}:`)) return 'organization or pipeline';
  const [, own] = /:ref:refs\/heads\/([^:]+):/.exec(String(sub)) ?? [];
  return own === undefined || own === branch ? undefined : 'branch';
}

/** A service account presents itself; a user signs in to an application. */
function ofGoogle({ sub, azp, email }: Claims): string | undefined {
  const isOfService = azp === sub || /^[a-z\d.-]+@[a-z\d.-]+\.gserviceaccount\.com$/.test(String(azp));
  if (azp !== undefined && !isOfService && !/^\d+(-[a-z0-9]+)?\.apps\.googleusercontent\.com$/.test(String(azp)))
    return 'azp';
  if (email === undefined) return undefined;
  if (!/^[^@\s]+@[^@\s]+$/.test(String(email))) return 'email';
  return isOfService && !String(email).endsWith('.gserviceaccount.com') ? 'email of a service account' : undefined;
}
