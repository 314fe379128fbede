import { awsDefaultKeys } from './aws-sources.ts';
import { type Citation, type Issuer, known, type SubjectParts } from './issuer.ts';
import type { ServiceForms } from './shared-shapes.ts';

/** A service of which no more is known than that one URL signs for all its customers. */
interface SharedService {
  readonly title: string;
  /** Without their scheme. */
  readonly issuers: readonly string[];
  /** The claim that IAM wants in a role's trust policy; where that is the audience, it names the customer. */
  readonly demanded?: 'sub' | 'aud';
  /** What its documents say of subjects and audiences, in which `{customer}` is the customer's name. */
  readonly forms?: ServiceForms;
}

const bucket = 'rh-oidc.s3.us-east-1.amazonaws.com';
const openShift = 'oidc.op1.openshiftapps.com';

const services: readonly SharedService[] = [
  {
    title: 'Codefresh',
    issuers: ['oidc.codefresh.io'],
    demanded: 'sub',
    // What starts a pipeline is the pipeline's own to say, and its guide has a wildcard there.
    forms: { subjects: ['account:{customer}:pipeline:{project}:{…trigger}'] },
  },
  {
    title: 'Pulumi',
    issuers: ['api.pulumi.com/oidc'],
    demanded: 'aud',
    forms: {
      subjects: [
        'pulumi:deploy:org:{customer}:project:{project}:stack:{job}:operation:{operation}:scope:write',
        'pulumi:environments:org:{customer}:env:{project}',
        'pulumi:environments:pulumi.organization.login:{customer}:{…project}',
      ],
      audiences: ['{customer}', 'aws:{customer}', 'azure:{customer}', 'gcp:{customer}'],
    },
  },
  {
    title: 'Pulumi ESC',
    issuers: ['api.pulumi.com/oidc/v2'],
    forms: { subjects: ['pulumi:org:{customer}:env:{project}'] },
  },
  {
    title: 'Vercel',
    issuers: ['oidc.vercel.com'],
    demanded: 'aud',
    forms: {
      subjects: ['owner:{customer}:project:{project}:environment:{job}'],
      audiences: ['https://vercel.com/{customer}'],
      ownAudience: 'https://vercel.com/',
    },
  },
  {
    title: 'Scalr',
    issuers: ['scalr.io'],
    demanded: 'sub',
    forms: { subjects: ['account:{customer}:environment:{project}:workspace:{…job}'] },
  },
  { title: 'DVC Studio', issuers: ['studio.datachain.ai/api'], demanded: 'sub' },
  {
    title: 'GitHub audit log streaming',
    issuers: ['oidc-configuration.audit-log.githubusercontent.com'],
    demanded: 'sub',
  },
  { title: 'sandboxes.cloud', issuers: ['sandboxes.cloud'], demanded: 'aud' },
  { title: 'Shisho Cloud', issuers: ['tokens.cloud.shisho.dev'], demanded: 'sub' },
  { title: 'Upbound', issuers: ['proidc.upbound.io'], demanded: 'sub' },
  {
    title: 'IBM Turbonomic',
    issuers: [
      ...['22ejnvnnturfmt6km08idd0nt4hekbn7', '23e3sd27sju1hoou6ohfs68vbno607tr'].map((id) => `${bucket}/${id}`),
      ...['23ne21h005qjl3n33d8dui5dlrmv2tmg', '24jrf12m5dj7ljlfb4ta2frhrcoadm26'].map((id) => `${bucket}/${id}`),
      ...['2f785sojlpb85i7402pk3qogugim5nfb', '2c51blsaqa9gkjt0o9rt11mle8mmropu'].map((id) => `${openShift}/${id}`),
    ],
    demanded: 'sub',
  },
  // Shared by what they say themselves; AWS does not list them.
  { title: 'Depot', issuers: ['identity.depot.dev'] },
  { title: 'Modal', issuers: ['oidc.modal.com'] },
  { title: 'Namespace', issuers: ['federation.namespaceapis.com'] },
  { title: 'Chainguard', issuers: ['issuer.enforce.dev'] },
  { title: 'Devin', issuers: ['app.devin.ai'] },
  { title: 'Cursor', issuers: ['api.cursor.com', 'api2.cursor.sh/cloud-agent/identity'] },
  { title: 'Warp', issuers: ['app.warp.dev'] },
  { title: 'env0', issuers: ['login.app.env0.com'] },
  // Whoever has an account signs in with these to an application, which is the audience.
  { title: 'Apple', issuers: ['appleid.apple.com'] },
  { title: 'Twitch', issuers: ['id.twitch.tv/oauth2'] },
  { title: 'LINE', issuers: ['access.line.me'] },
  { title: 'LinkedIn', issuers: ['www.linkedin.com/oauth', 'www.linkedin.com'] },
  { title: 'Slack', issuers: ['slack.com'] },
  {
    title: 'Salesforce',
    issuers: ['login.salesforce.com'],
    forms: { subjects: ['https://login.salesforce.com/id/{customer}/{user}'] },
  },
];

/** Where their facts were read. */
export const sharedServiceSources: readonly Citation[] = [
  {
    of: ['urls', 'required by AWS', 'owners'],
    title:
      'IAM User Guide, Identity-provider controls for shared OIDC providers; aws-samples/data-perimeter-policy-examples, OIDC providers',
    url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html',
    read: '2026-11-25',
    unchecked:
      'The table was read in a public implementation that quotes it, and in the samples. What AWS does not list stands in CloudArq-net/issuers.',
  },
  {
    of: ['subjects', 'claims', 'audiences'],
    title:
      'Pulumi Docs, Configure OpenID Connect, its token formats and custom audiences; Codefresh Docs, OpenID Connect for pipelines; Vercel Docs, OIDC',
    url: 'https://www.pulumi.com/docs/esc/guides/configuring-oidc/aws/',
    read: '2026-11-26',
    unchecked:
      'Of the others no subject was seen: any text is taken for one. That no job of Vercel gets the audience of another team, where it may ask for any, was not seen.',
  },
  {
    of: ['urls', 'subjects'],
    title: 'Apple, Sign in with Apple JS, id_token',
    url: 'https://developer.apple.com/documentation/signinwithapplejs/authorizationi/id_token',
    read: '2026-11-26',
  },
  {
    of: ['urls', 'subjects'],
    title: 'Twitch Developers, Using OIDC to get OAuth Access Tokens',
    url: 'https://dev.twitch.tv/docs/authentication/getting-tokens-oidc',
    read: '2026-11-26',
  },
  {
    of: ['urls', 'subjects'],
    title: 'LINE Developers, Get profile information from ID tokens',
    url: 'https://developers.line.biz/en/docs/line-login/verify-id-token/',
    read: '2026-11-26',
  },
  {
    of: ['urls', 'subjects'],
    title: 'Microsoft Learn, Sign In with LinkedIn using OpenID Connect',
    url: 'https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2',
    read: '2026-11-26',
    unchecked:
      'The issuer with /oauth is that of tokens which were printed in public since 2025; older ones are without.',
  },
  {
    of: ['urls', 'subjects'],
    title: 'Slack, its OpenID configuration',
    url: 'https://slack.com/.well-known/openid-configuration',
    read: '2026-11-26',
    unchecked: 'Its document names the issuer; a subject is a user of one workspace, which anybody can make.',
  },
  {
    of: ['urls', 'subjects'],
    title: 'Salesforce, its OpenID configuration',
    url: 'https://login.salesforce.com/.well-known/openid-configuration',
    read: '2026-11-26',
    unchecked:
      'A subject is https://login.salesforce.com/id/<organization>/<user>, as clients print it. Addresses of one customer, *.my.salesforce.com, are not known here.',
  },
  awsDefaultKeys,
];

function partsOf(forms: readonly string[], subject: string): SubjectParts | undefined {
  const form = forms.find((one) => subject.startsWith(beforeName(one)));
  if (form === undefined) return undefined;
  const then = form.charAt(form.indexOf('}') + 1);
  const [owner, key, project, ...job] = subject.slice(beforeName(form).length).split(then);
  if (key !== undefined && /[*?]/.test(key)) return { owner, project: undefined, job: undefined };
  return { owner, project, job: job.length === 0 ? undefined : job.join(':') };
}

/** Services that strangers share, and of which no more is known: they stand beside `issuers`, whose subjects are. */
export const sharedServices: readonly Issuer<string>[] = services.map(
  ({ title, issuers, demanded, forms = { subjects: [] } }): Issuer<string> =>
    known(() => ({
      title,
      is: (iss) => issuers.some((one) => iss === `https://${one}`),
      sharedByStrangers: (iss) => issuers.some((one) => iss === `https://${one}`),
      ownerClaims: demanded === 'aud' ? [{ claim: 'aud', kind: 'name', of: 'owner' }] : [],
      claims: [],
      parseSubject: (subject) => (subject === '' ? undefined : subject),
      exampleSubjects: forms.subjects.map(exampleOf),
      formatSubject: (subject) => subject,
      subjectParts: (subject) => partsOf(forms.subjects, subject),
      conditionKeys: () => [],
      requiredByAws: (iss) => (demanded && issuers.some((one) => iss === `https://${one}`) ? [demanded] : []),
      flexibleClaims: () => undefined,
      audiences: { chosenBy: 'job', byDefault: undefined },
      deprecations: [],
    })),
);

/** What the documents of such a service say; undefined where a URL is none's. */
export function sharedFormsAt(iss: string): ServiceForms | undefined {
  const service = services.find(({ issuers }) => issuers.some((one) => iss === `https://${one}`));
  return service && (service.forms ?? { subjects: [] });
}

function beforeName(subject: string): string {
  return subject.slice(0, subject.indexOf('{'));
}

function exampleOf(subject: string): string {
  return subject.replace('{customer}', 'acme').replace(/\{[^}]*\}/g, 'web');
}
