import {
  azureDevOpsForm,
  isComputedEntraSubject,
  kubernetesSubjectParts,
  parseGitHubSubject,
  repositoryOf,
} from '@fedbridge/issuers';

/** Why a trust policy or federated credential does not fit a subject, as it most often is; undefined where nothing is known. */
export function likelyCause(subject: string): string | undefined {
  return gitHubCause(subject) ?? azurePipelinesCause(subject) ?? kubernetesCause(subject);
}

function gitHubCause(subject: string): string | undefined {
  if (repositoryOf(subject)?.ids)
    return 'This repository has immutable subjects, with ids: a trust policy or federated credential of names alone no longer fits.';
  const parsed = parseGitHubSubject(subject);
  if (parsed === undefined) return undefined;
  const isCustomized = parsed.form === 'customized';
  if (isCustomized ? parsed.claims.some(([claim]) => claim === 'environment') : 'environment' in parsed.context)
    return "The job names an environment: its subject holds that, and neither branch nor tag. Mind the name's case.";
  if (isCustomized) return undefined;
  if ('pullRequest' in parsed.context) return 'It runs for a pull request: such a subject holds no branch.';
  if ('tag' in parsed.context) return 'It runs for a tag: such a subject holds no branch.';
  return 'The trust policy or federated credential may name another branch or an environment, or write a name in another case.';
}

function azurePipelinesCause(subject: string): string | undefined {
  if (isComputedEntraSubject(subject))
    return 'The service connection is on the Entra issuer: what trusts the Azure DevOps issuer (sc://…) no longer fits.';
  const form = azureDevOpsForm(subject);
  if (form === undefined) return undefined;
  return form === 'pipeline'
    ? 'The job uses no service connection: its subject names the pipeline, and changes when that is renamed or moved.'
    : 'The service connection may have been renamed, or what trusts it may be for the Entra issuer already.';
}

function kubernetesCause(subject: string): string | undefined {
  return (
    kubernetesSubjectParts(subject) && 'The pod may run as another service account, or in another namespace or cluster.'
  );
}

/** What to do about a refusal, after its likely cause where one is known. */
export function withLikelyCause(subject: string, toDo: string): string {
  return [likelyCause(subject), toDo].filter((line) => line !== undefined).join('\n');
}
