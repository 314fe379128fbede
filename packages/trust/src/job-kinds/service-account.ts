import { kubernetesSubjectParts } from '@fedbridge/issuers';
import { kubernetesJob } from '../job.ts';
import { type JobsOf, type KindOptions, type LikelyCause, neededIssuer, usage } from './job-kind.ts';

/** What names pods. */
export interface ServiceAccountNames {
  /** `namespace/name`, or the subject of such pods. */
  readonly serviceAccount?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** Pods of a Kubernetes service account. @throws FedbridgeError `INPUT_INVALID` */
export const serviceAccountJobs: JobsOf<ServiceAccountNames> = ({ serviceAccount = '', issuer, audience }, target) => {
  const [namespace, name] = serviceAccountIn(serviceAccount);
  return kubernetesJob(neededIssuer(issuer), namespace, name, target.cloud, audience ?? target.audience);
};

/** How they are named on a command line. */
export const serviceAccountOptions: KindOptions = {
  own: {
    serviceAccount: ['--service-account <namespace/name>', 'pods of a Kubernetes service account; with --issuer'],
  },
  shares: ['issuer', 'audience'],
};

function serviceAccountIn(text: string): readonly [namespace: string, name: string] {
  const { project, job } = kubernetesSubjectParts(text) ?? {};
  const [namespace, name, ...more] = (job === undefined ? text : `${project}/${job}`).split('/');
  if (namespace && name && more.length === 0) return [namespace, name];
  throw usage(`--service-account takes two names with a slash between them, not "${text}".`);
}

/** Why a document does not fit a pod. */
export const serviceAccountCause: LikelyCause = (subject) =>
  kubernetesSubjectParts(subject) && 'The pod may run as another service account, or in another namespace or cluster.';
