import { awsDefaultKeys } from './aws-sources.ts';
import { type Citation, type Issuer, known } from './issuer.ts';
import type { ServiceForms } from './shared-shapes.ts';
import { isSlug, issuerUrl, labelBefore, segments } from './url.ts';

/** A service of which each customer has a URL of its own: all that is signed with it is that customer's. */
interface CustomerService {
  readonly title: string;
  /** The customer's name in a URL; undefined for another's URL. */
  readonly customerAt: (url: { readonly host: string; readonly path: string }) => string | undefined;
  /** Subjects of a customer. */
  readonly subjects: (customer: string) => ServiceForms['subjects'];
}

const below =
  (host: string, ...folders: readonly string[]): CustomerService['customerAt'] =>
  (url) => {
    const names = segments(url.path);
    const name = names.at(-1) ?? '';
    const isThere = url.host === host && names.slice(0, -1).join('/') === folders.join('/') && names.length > 0;
    return isThere && isSlug(name) ? name : undefined;
  };

const ofHost =
  (...domains: readonly string[]): CustomerService['customerAt'] =>
  ({ host, path }) =>
    path === '' ? domains.map((one) => labelBefore(host, one)).find((one) => one !== undefined) : undefined;

const harnessHosts = ['app', 'app3', 'accounts', 'accounts.eu'].map((name) => `${name}.harness.io`);

const services: readonly CustomerService[] = [
  {
    title: 'Vercel (team)',
    customerAt: below('oidc.vercel.com'),
    subjects: (team) => [`owner:${team}:project:{project}:environment:{job}`],
  },
  {
    title: 'Fly.io',
    customerAt: below('oidc.fly.io'),
    // Machines come and go: all of an app are one job.
    subjects: (organization) => [`${organization}:{project}:{machine}`],
  },
  {
    title: 'Spacelift',
    customerAt: ofHost('app.spacelift.io', 'app.us.spacelift.io'),
    subjects: () =>
      ['stack', 'module'].flatMap((caller) =>
        ['', ':space_path:{path}'].map((path) => `space:{project}:${caller}:{job}:run_type:{run}:scope:{scope}${path}`),
      ),
  },
  {
    title: 'Harness',
    customerAt: ({ host, path }) =>
      harnessHosts.includes(host) ? below(host, 'ng', 'api', 'oidc', 'account')({ host, path }) : undefined,
    subjects: () => ['{…subject}'],
  },
  {
    title: 'Semaphore',
    customerAt: ofHost('semaphoreci.com'),
    subjects: (organization) => [`org:${organization}:project:{project}:repo:{repo}:ref_type:{type}:ref:{…job}`],
  },
];

/** They stand beside `issuers`, as `sharedServices` do. */
export const customerServices: readonly Issuer<string>[] = services.map(
  ({ title, customerAt, subjects }): Issuer<string> =>
    known(() => ({
      title,
      is: (iss) => customerOf(iss, customerAt) !== undefined,
      sharedByStrangers: () => false,
      ownerClaims: [],
      claims: [],
      parseSubject: (subject) => (subject === '' ? undefined : subject),
      exampleSubjects: subjects('acme').map((one) => one.replace(/\{[^}]*\}/g, 'web')),
      formatSubject: (subject) => subject,
      subjectParts: () => undefined,
      conditionKeys: () => [],
      requiredByAws: () => [],
      flexibleClaims: () => undefined,
      audiences: { chosenBy: 'job', byDefault: undefined },
      deprecations: [],
    })),
);

/** What subjects of a customer look like, where an issuer is one customer's. */
export function customerFormsAt(iss: string): ServiceForms | undefined {
  for (const { customerAt, subjects } of services) {
    const customer = customerOf(iss, customerAt);
    if (customer !== undefined) return { subjects: subjects(customer) };
  }
  return undefined;
}

function customerOf(iss: string, customerAt: CustomerService['customerAt']): string | undefined {
  const url = issuerUrl(iss);
  return url && customerAt(url);
}

/** In the order of the services, and what AWS does of all of them. */
export const customerServiceSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'audiences', 'owners'],
    read: '2026-11-26',
    title: 'Vercel Docs, OIDC, Connect to your own API: issuer mode',
    url: 'https://vercel.com/docs/oidc/api',
  },
  {
    of: ['urls', 'subjects', 'audiences', 'owners'],
    read: '2026-11-26',
    title: 'Fly Docs, OpenID Connect',
    url: 'https://fly.io/docs/reference/openid-connect/',
    unchecked: "The page itself was not read: URL and subject are quoted in users' repositories, with decoded tokens.",
  },
  {
    of: ['urls', 'subjects', 'audiences', 'owners'],
    read: '2026-11-26',
    title: 'Spacelift Documentation, OpenID Connect',
    url: 'https://docs.spacelift.io/integrations/cloud-providers/oidc',
    unchecked: 'The path of a space in a subject was read in an example of a trust policy; the host in the US nowhere.',
  },
  {
    of: ['urls', 'subjects', 'audiences', 'owners'],
    read: '2026-11-26',
    title: 'Harness Developer Hub, OIDC issuer by cluster',
    url: 'https://developer.harness.io/docs/platform/connectors/cloud-providers/add-a-microsoft-azure-connector',
    unchecked: 'Its subjects: any text is taken for one.',
  },
  {
    of: ['urls', 'subjects', 'audiences', 'owners'],
    read: '2026-11-26',
    title: 'Semaphore Docs, OpenID Connect',
    url: 'https://docs.semaphore.io/reference/openid',
  },
  awsDefaultKeys,
];
