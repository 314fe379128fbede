import { indented, invalid, yamlLiteral, yamlScalar } from '@fedbridge/core';
import type { JobFile, JobNames } from '@fedbridge/trust';

/** A configuration of GitLab CI/CD with a job. */
export const gitLabJobFile: JobFile = {
  platform: 'gitlab',
  kind: 'gitlab',
  usualPath: '.gitlab-ci.yml',
  questions({ branch, tag }) {
    const isNamed = branch !== undefined || tag !== undefined;
    return [
      { option: 'gitlab', question: 'Which project, group/project?' },
      ...(isNamed ? [] : [{ option: 'branch', question: 'Jobs of which branch?', usual: 'main' } as const]),
    ];
  },
  write(names, { byCommand: { idToken, audience, script } }) {
    const job = [
      'image: node:24',
      'id_tokens:',
      `  ${idToken}:`,
      // Source: GitLab Docs, "CI/CD YAML syntax reference", id_tokens: variables are expanded in it.
      `    aud: ${yamlLiteral(audience, variable)}`,
      'rules:',
      `  - if: ${yamlScalar(condition(names))}`,
      'script:',
      ...script.map((line) => `  - ${yamlScalar(line)}`),
    ];
    const whole = ['deploy:', ...indented(job, 2)];
    return { whole: `${whole.join('\n')}\n`, part: job.join('\n') };
  },
};

/** `$NAME`, `${NAME}`, `%NAME%`. Source: gitlabhq/gitlabhq, `ExpandVariables`. */
const variable = /\$|%\w+%/;

/** That a job is of the branch or tag that is trusted. */
function condition({ branch, tag }: JobNames): string {
  if (tag !== undefined) return `$CI_COMMIT_TAG == ${quoted(tag, 'tags')}`;
  return `$CI_COMMIT_BRANCH == ${quoted(branch ?? '', 'heads')}`;
}

/**
 * A name in a condition, in either of the quotes there are: neither has an escape for what ends it.
 * Sources: GitLab Docs, "Specify when jobs run with rules", CI/CD variable expressions,
 * https://docs.gitlab.com/ci/jobs/job_rules/; gitlabhq/gitlabhq, `Gitlab::Ci::Pipeline::Expression::Lexeme::String`. Before 18.5 variables in
 * quotes were expanded: gitlab-org/gitlab#578297.
 *
 * @throws FedbridgeError `INPUT_INVALID` for one that no quotes hold
 */
function quoted(ref: string, folder: 'heads' | 'tags'): string {
  const name = ref.startsWith(`refs/${folder}/`) ? ref.slice(`refs/${folder}/`.length) : ref;
  const unwritable = (why: string) => invalid(`"${name}" cannot be written in the rules of a GitLab job: ${why}.`);
  if (variable.test(name)) throw unwritable('GitLab may put a variable in the place of some of it');
  const quote = ['"', "'"].find((one) => !name.includes(one));
  if (quote === undefined) throw unwritable(`a text there has " or ', and not both`);
  return `${quote}${name}${quote}`;
}
