import { indented, kebabCase, yamlLiteral, yamlScalar } from '@fedbridge/core';
import { immutableSubjectsSince } from '@fedbridge/issuers';
import type { JobFile, JobNames } from '@fedbridge/trust';

/** A workflow of GitHub Actions with a job. */
export const gitHubJobFile: JobFile = {
  platform: 'github',
  kind: 'github',
  usualPath: '.github/workflows/deploy.yml',
  questions({ branch, tag, environment, pullRequest, anyRef, ownerId }) {
    const isNamed = [branch, tag, environment, pullRequest, anyRef].some((one) => one !== undefined);
    const ids = 'ids of owner and repository are in its subject; Enter where it is older:';
    return [
      { option: 'github', question: 'Which repository, owner/name?' },
      ...(isNamed ? [] : [{ option: 'branch', question: 'Jobs of which branch?', usual: 'main' } as const]),
      {
        option: 'ownerId',
        question: `Of a repository created, renamed or transferred since ${immutableSubjectsSince} the ${ids}\nId of the owner ("gh api repos/OWNER/NAME --jq .owner.id")?`,
        usual: '',
        isOptional: true,
      },
      ...(ownerId ? [{ option: 'repositoryId', question: 'Id of the repository ("… --jq .id")?' } as const] : []),
    ];
  },
  write(names, { action, inputs, script }) {
    const permissions = ['permissions:', '  id-token: write # the job may ask for its ID token', '  contents: read'];
    const environment = names.environment === undefined ? [] : [`environment: ${literal(names.environment)}`];
    const steps = [
      'steps:',
      `  - uses: ${action}`,
      '    with:',
      ...Object.entries(inputs).map(([name, given]) => `      ${kebabCase(name)}: ${literal(given)}`),
      `  - run: ${yamlScalar(script)}`,
    ];
    const job = [...environment, ...permissions, ...steps];
    const whole = [
      'name: deploy',
      ...triggers(names),
      'permissions: {}',
      'jobs:',
      '  deploy:',
      ...indented(['runs-on: ubuntu-latest', ...job], 4),
    ];
    return { whole: `${whole.join('\n')}\n`, part: job.join('\n') };
  },
};

/** When the jobs that are trusted run. Source: GitHub Docs, "Workflow syntax", `on.push`. */
function triggers({ branch, tag, pullRequest, anyRef }: JobNames): readonly string[] {
  if (pullRequest) return ['on: pull_request'];
  if (anyRef) return ['on: push'];
  if (branch !== undefined) return ['on:', '  push:', `    branches: [${pattern(branch, 'heads')}]`];
  if (tag !== undefined) return ['on:', '  push:', `    tags: [${pattern(tag, 'tags')}]`];
  // Who runs it by hand decides of the branch, and the environment whether it may.
  return ['on: workflow_dispatch'];
}

/** A name where patterns stand. */
function pattern(ref: string, kind: 'heads' | 'tags'): string {
  const name = ref.startsWith(`refs/${kind}/`) ? ref.slice(`refs/${kind}/`.length) : ref;
  return literal(name.replace(/[*+?![\]\\]/g, '\\$&'));
}

const literal = (text: string) => yamlLiteral(text, /\$\{\{/);
