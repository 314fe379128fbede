import type { IdTokenClaims } from '@fedbridge/identity';
import { azureDevOpsForm, isComputedEntraSubject } from '@fedbridge/issuers';

/** Something that can stand before a job's tokens, as far as a token of it tells. */
export interface Guard {
  readonly name: 'environment' | 'ref' | 'workflow' | 'runner' | 'connection';
  /** Null where no token tells. */
  readonly holds: boolean | null;
  readonly says: string;
}

/**
 * Which guards stand before a token, by its claims. Those behind it, such as Conditional Access, the cloud alone knows.
 * Sources: GitHub Docs, "OpenID Connect reference"; GitLab Docs, "ID token payload"; Microsoft Learn, "Approvals and checks".
 */
export function guardsOf(claims: IdTokenClaims): readonly Guard[] {
  const { sub } = claims;
  if (azureDevOpsForm(sub) === 'pipeline') return [pipelineAlone];
  if (azureDevOpsForm(sub) === 'service connection' || isComputedEntraSubject(sub)) return [checksOfConnection];
  const text = (name: string) =>
    typeof claims[name] === 'string' && claims[name] !== '' ? String(claims[name]) : undefined;
  // What signs for jobs of a repository says whether their ref is protected.
  if (text('ref_protected') === undefined) return [];
  return [
    environmentGuard(text('environment'), text('environment_protected')),
    refGuard(text('ref') ?? 'the ref', text('ref_protected') === 'true'),
    ...workflowGuard(text('workflow_ref'), text('job_workflow_ref')),
    ...runnerGuard(text('runner_environment')),
  ];
}

const pipelineAlone: Guard = {
  name: 'connection',
  holds: false,
  says: "none: this is the pipeline's own token, which no approval or check of a service connection stands before",
};

const checksOfConnection: Guard = {
  name: 'connection',
  holds: null,
  says: 'approvals and checks of the service connection stand before it, where it has any: no token tells',
};

function environmentGuard(name: string | undefined, isProtected: string | undefined): Guard {
  if (name === undefined)
    return { name: 'environment', holds: false, says: 'none: no approval can stand before the tokens of this job' };
  if (isProtected === undefined)
    return { name: 'environment', holds: true, says: `${name}; whether it asks for an approval no token tells` };
  return isProtected === 'true'
    ? { name: 'environment', holds: true, says: `${name}, which is protected` }
    : { name: 'environment', holds: false, says: `${name} is not protected: any job may name it` };
}

function refGuard(ref: string, isProtected: boolean): Guard {
  return isProtected
    ? { name: 'ref', holds: true, says: `${ref} is protected` }
    : { name: 'ref', holds: false, says: `${ref} is not protected: whoever may push there gets such a token` };
}

function workflowGuard(own: string | undefined, called: string | undefined): readonly Guard[] {
  if (own === undefined || called === undefined) return [];
  return own === called
    ? [{ name: 'workflow', holds: false, says: "the repository's own: whoever may push there changes what runs" }]
    : [{ name: 'workflow', holds: true, says: `${called}, which a role can trust by job_workflow_ref` }];
}

function runnerGuard(environment: string | undefined): readonly Guard[] {
  if (environment === undefined) return [];
  return environment === 'self-hosted'
    ? [
        {
          name: 'runner',
          holds: false,
          says: 'self-hosted: what an earlier job left on the machine runs beside this one',
        },
      ]
    : [{ name: 'runner', holds: true, says: `${environment}: a new machine for each job` }];
}
