import { awsDefaultKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Citation, type Issuer, known, type SubjectParts } from './issuer.ts';
import { isSlug, issuerUrl, isTokenGuid, labelBefore, segments } from './url.ts';

/** A service account, by its names. */
export interface KubernetesSubject {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Whose cluster an issuer is; undefined for one that its operator chose the address of, which is no less a cluster. */
function clusterServiceOf(iss: string): 'EKS' | 'AKS' | 'GKE' | undefined {
  const { host = '', path = '' } = issuerUrl(iss) ?? {};
  const [first = '', second = '', third, ...more] = segments(path);
  if (isEksHost(host)) return first === 'id' && /^[A-Z\d]{32}$/.test(second) && third === undefined ? 'EKS' : undefined;
  if (isAksHost(host))
    return isTokenGuid(first) && isTokenGuid(second) && third === '' && more.length === 0 ? 'AKS' : undefined;
  if (host !== 'container.googleapis.com') return undefined;
  const [project, projectId = '', locations, location = '', clusters, cluster = '', ...rest] = segments(path).slice(1);
  const fixed = [first, project, locations, clusters].join('/') === 'v1/projects/locations/clusters';
  return fixed && [projectId, location, cluster].every(isSlug) && rest.length === 0 ? 'GKE' : undefined;
}

/** `<region>.oic.prod-aks.azure.com`, and in other clouds. Its issuers end with a slash. */
export function isAksHost(host: string): boolean {
  const regions = ['com', 'us', 'cn'].map((end) => labelBefore(host, `oic.prod-aks.azure.${end}`));
  return regions.some((region) => region !== undefined && /^[a-z\d]+$/.test(region));
}

function parseKubernetesSubject(subject: string): KubernetesSubject | undefined {
  const [system, kind, namespace = '', serviceAccount = '', ...more] = subject.split(':');
  const isOne = system === 'system' && kind === 'serviceaccount' && more.length === 0;
  return isOne && isKubernetesName(namespace) && isKubernetesName(serviceAccount)
    ? { namespace, serviceAccount }
    : undefined;
}

/** The subject of pods of a service account. */
export function formatKubernetesSubject({ namespace, serviceAccount }: KubernetesSubject): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`;
}

/** A DNS subdomain name [RFC 1123]. */
export function isKubernetesName(text: string): boolean {
  return /^[a-z\d.-]{1,253}$/.test(text) && /^[a-z\d]/.test(text) && /[a-z\d]$/.test(text);
}

/** Whether a subject is one of Kubernetes' own, whoever signs it. Source: Kubernetes, Authorization: the prefix `system:` is reserved. */
export const isKubernetesSubject = (subject: string) => subject.startsWith('system:');

/** A subject, or a pattern of subjects, by how far each part reaches; undefined where it is none of Kubernetes. */
export function kubernetesSubjectParts(subject: string): SubjectParts | undefined {
  const prefix = 'system:serviceaccount:';
  if (!subject.startsWith(prefix)) return undefined;
  const [project, ...job] = subject.slice(prefix.length).split(':');
  return { owner: undefined, project, job: job.length === 0 ? undefined : job.join(':') };
}

/** `oidc.eks.<region>.amazonaws.com`, and the dual-stack name of the same. */
export function isEksHost(host: string): boolean {
  const [older, newer] = [host.startsWith('oidc.eks.'), host.startsWith('oidc-eks.')];
  const rest = host.slice('oidc.eks.'.length);
  const ends = older ? ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu'] : newer ? dualStack : [];
  return ends.some((end) => /^[a-z]+(-[a-z]+)+-\d$/.test(labelBefore(rest, end) ?? ''));
}

const dualStack = ['api.aws', 'api.amazonwebservices.com.cn', 'api.amazonwebservices.eu'];

/** The issuers of clusters. */
export const kubernetes: Issuer<KubernetesSubject> = /* @__PURE__ */ known(() => ({
  title: 'Kubernetes',
  is: (iss) => clusterServiceOf(iss) !== undefined,
  sharedByStrangers: () => false,
  ownerClaims: [],
  claims: ['kubernetes.io'],
  exampleSubjects: ['system:serviceaccount:agents:azp'],
  parseSubject: parseKubernetesSubject,
  formatSubject: formatKubernetesSubject,
  subjectParts: kubernetesSubjectParts,
  conditionKeys: () => [],
  requiredByAws: () => [],
  flexibleClaims: () => undefined,
  // A pod has the audiences that its own manifest projects.
  audiences: { chosenBy: 'job', byDefault: undefined },
  deprecations: [],
}));

/** Where its facts were read. */
export const kubernetesSources: readonly Citation[] = [
  {
    of: ['subjects', 'claims', 'audiences', 'owners'],
    title: 'Kubernetes, Managing service accounts; Configure service accounts for pods',
    url: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
    read: '2026-11-25',
    unchecked: 'Not read again on this day.',
  },
  {
    of: ['urls'],
    title:
      'Amazon EKS endpoints and IP addresses (IRSA OIDC issuer URLs); outputs of AKS and GKE clusters in public repositories',
    url: 'https://docs.aws.amazon.com/eks/latest/userguide/eks-networking-endpoints.html',
    read: '2026-11-25',
    unchecked:
      'That a token has the dual-stack name, and the domain amazonaws.eu, were not seen; of GKE no token was seen.',
  },
  awsDefaultKeys,
  awsSharedIssuers,
];
