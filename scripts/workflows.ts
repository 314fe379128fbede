import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: unknown;
  readonly steps?: readonly Step[];
  readonly 'timeout-minutes'?: number;
}

/**
 * What is wrong with a workflow of GitHub Actions, a line each: an action that is not pinned by commit with its version beside it,
 * permissions beyond those of a job that says why it writes, a checkout that leaves its token on disk, an expression inside of a script,
 * a trigger that runs foreign code with rights, a cache in a workflow that writes, a job without a time-out.
 * Source: GitHub Docs, "Secure use reference".
 */
export function workflowProblems(text: string): string[] {
  const {
    on,
    permissions,
    jobs = {},
  } = parse(text) as { on: unknown; permissions?: unknown; jobs?: Record<string, Job> };
  const problems = text
    .split('\n')
    .flatMap((line, at) => lineProblems(line).map((problem) => `line ${at + 1}: ${problem}`));
  if (JSON.stringify(permissions) !== '{}') problems.push('permissions of the workflow: {} and each job its own');
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on ?? {});
  for (const trigger of ['pull_request_target', 'workflow_run', 'issue_comment'])
    if (triggers.includes(trigger)) problems.push(`${trigger} runs what others wrote with rights of this repository`);
  for (const [name, job] of Object.entries(jobs))
    problems.push(...jobProblems(job).map((problem) => `${name}: ${problem}`));
  return problems;
}

function lineProblems(line: string): string[] {
  const [, uses = ''] = /^\s*(?:- )?["']?uses["']?:\s*(.*)$/.exec(line) ?? [];
  const isPinned = /^[\w.-]+\/[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(uses);
  if (uses !== '' && !/^\.\/\S+$/.test(uses) && !isPinned)
    return [`${uses}: pin it by commit, with "# v1.2.3" beside it`];
  if (/^ {6}[\w-]+: write(?! # \S)/.test(line)) return ['say beside it what is written'];
  return [];
}

function jobProblems({ permissions, steps = [], 'timeout-minutes': minutes }: Job): string[] {
  const isSaid = typeof permissions === 'object' && permissions !== null;
  const writes = isSaid && Object.values(permissions).includes('write');
  const problems = [
    isSaid ? '' : 'permissions, scope by scope',
    minutes === undefined ? 'timeout-minutes' : '',
    ...steps.map((step) => stepProblem(step, writes)),
  ];
  return problems.filter((problem) => problem !== '');
}

function stepProblem({ uses = '', run = '', with: inputs = {} }: Step, writes: boolean): string {
  if (run.includes('${{')) return 'an expression inside of a script: hand it over in env';
  if (/^actions\/checkout@/.test(uses) && inputs['persist-credentials'] !== false) return 'persist-credentials: false';
  const caches =
    /^actions\/cache@/.test(uses) || (/^actions\/setup-/.test(uses) && inputs['package-manager-cache'] !== false);
  return writes && (caches || 'cache' in inputs) ? 'a cache, where another run may have written' : '';
}
