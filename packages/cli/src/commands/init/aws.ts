import { parseRegion, parseRoleArn } from '@fedbridge/aws';
import { FedbridgeError, inertJson } from '@fedbridge/core';
import { awsAudience } from '@fedbridge/issuers';
import {
  type AwsTrust,
  awsTrust,
  Expression,
  formatAwsTrust,
  hclBlock,
  type JobStep,
  namedJob,
  parseRoleName,
  providerArn,
  type TrustedJob,
} from '@fedbridge/trust';
import { InvalidArgumentError, Option } from 'commander';
import { awsQuestions, type Tool } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import { awsAccount, parsed } from '../../option-values.ts';
import { needed, usage } from '../trust/usage.ts';
import type { CloudSetUp, CloudTarget } from './cloud.ts';
import { namedAudience } from './job-file.ts';
import { jobFileOf, jobNeeds } from './need.ts';
import type { InitOptions } from './options.ts';
import { type Plan, type PlanStep, shown } from './plan.ts';
import { roleStep } from './role-step.ts';

/** AWS: an OIDC provider, a role that trusts the jobs and no others, and what was asked for as policies of it. */
export const aws: CloudSetUp = {
  title: 'AWS',
  options: [
    new Option('--account <id>', 'with --cloud aws: the account, twelve digits').argParser(awsAccount),
    new Option('--role <name>', 'with --cloud aws: the role; deploy without').argParser(parsed(parseRoleName)),
    new Option(
      '--policy-arn <arn>',
      'with --cloud aws: a managed policy that says what the role may do; may be repeated. Without one it may do nothing',
    ).argParser(policyArn),
    new Option('--aws-region <region>', 'with --cloud aws: the region of the job').argParser(parsed(parseRegion)),
    new Option('--profile <name>', 'with --cloud aws: the profile of the AWS CLI that sets it up'),
  ],
  needs(options) {
    const own = [
      { option: 'account', question: 'Which AWS account, twelve digits?' },
      { option: 'role', question: 'Which role?', usual: 'deploy', isOptional: true },
      { option: 'awsRegion', question: 'Which region, such as eu-central-1?' },
    ] as const;
    return [...jobNeeds(options), ...own.filter(({ option }) => options[option] === undefined)];
  },
  target: (options) => new AwsTarget(options),
};

/** What a role of an account may be told to do. Source: IAM User Guide, "IAM identifiers". */
function policyArn(text: string, before: readonly string[] = []): readonly string[] {
  if (/^arn:aws[\w-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/.test(text)) return [...new Set([...before, text])];
  throw new InvalidArgumentError(`"${text}" is not the ARN of a managed policy, arn:aws:iam::aws:policy/…`);
}

class AwsTarget implements CloudTarget {
  readonly job: TrustedJob;
  readonly as: readonly string[];
  readonly #jobStepAs: (role: string) => JobStep;
  #roleArn: string;
  readonly #place: { readonly account: string; readonly partition: string; readonly role: string };
  readonly #policies: readonly string[];
  readonly #trust: AwsTrust;

  constructor(options: InitOptions) {
    const { account = needed('--account'), role = 'deploy', awsRegion = needed('--aws-region') } = options;
    const partition = awsRegion.partition.name;
    this.#policies = options.policyArn ?? [];
    for (const arn of this.#policies) checkPolicy(arn, account, partition);
    this.#place = { account, partition, role };
    const target = { cloud: 'aws', audience: awsAudience(partition) } as const;
    this.job = namedJob(jobFileOf(options)?.kind ?? needed('--platform'), options, target);
    this.#trust = awsTrust(this.job, this.#place);
    const profile = options.profile === undefined ? [] : [`--profile=${options.profile}`];
    // The region says which partition's IAM is asked.
    this.as = [...profile, `--region=${awsRegion.name}`];
    this.#roleArn = `arn:${partition}:iam::${account}:role/${role}`;
    this.#jobStepAs = (arn) => jobStepOf(arn, awsRegion.name, this.job, options);
  }

  get jobStep(): JobStep {
    return this.#jobStepAs(this.#roleArn);
  }

  async plan(tool: SignedIn, now: number): Promise<Plan> {
    const { account, role } = this.#place;
    const caller = await tool.ask(awsQuestions.caller);
    const signedInTo = caller.text('Account');
    if (signedInTo !== account)
      throw new FedbridgeError('INPUT_INVALID', `"aws" is signed in to the account ${signedInTo}, not ${account}.`, {
        hint: 'Sign in to that one, or name a profile of it with --profile.',
      });
    const provider = await this.#providerStep(tool);
    const { step, arn } = await roleStep(role, this.#trust, { tool, now });
    // It is found by its name alone, and assumed with its path.
    if (arn) this.#roleArn = parseRoleArn(arn).arn;
    return {
      about: [
        ['For', `${this.job.subject} of ${this.job.issuer}`],
        ['At', `AWS, account ${account}`],
        ['By', caller.text('Arn')],
      ],
      steps: [...provider, step, ...(await this.#policySteps(arn !== undefined, tool))],
    };
  }

  async #providerStep(tool: SignedIn): Promise<readonly PlanStep[]> {
    const { provider } = this.#trust;
    if (!provider) return [];
    const { account, partition } = this.#place;
    const arn = providerArn(provider.Url, account, partition);
    const title = `OIDC provider ${provider.Url}`;
    const found = await tool.find(awsQuestions.provider(arn), /\(NoSuchEntity\)/);
    if (found === undefined) {
      const given = [`--url=${provider.Url}`, `--client-id-list=${inertJson(provider.ClientIDList)}`];
      return [{ title, state: 'create', command: iam('create-open-id-connect-provider', ...given) }];
    }
    const there = found.texts('ClientIDList');
    const missing = provider.ClientIDList.filter((id) => !there.includes(id));
    if (missing.length === 0) return [{ title, state: 'exists' }];
    return missing.map((id) => ({
      title: `${title}: audience ${id}`,
      state: 'update',
      notes: [`It takes ${there.length === 0 ? 'no audience' : there.join(', ')}, and will take ${id} as well.`],
      // In JSON, since version 1 of the AWS CLI would read what is at an address; a word of its own, else it misses what it requires.
      command: iam(
        'add-client-id-to-open-id-connect-provider',
        '--cli-input-json',
        inertJson({ OpenIDConnectProviderArn: arn, ClientID: id }),
      ),
    }));
  }

  async #policySteps(isThere: boolean, tool: SignedIn): Promise<readonly PlanStep[]> {
    const { role } = this.#place;
    const answer = isThere ? await tool.ask(awsQuestions.attachedPolicies(role)) : undefined;
    const there =
      answer
        ?.member('AttachedPolicies')
        .items()
        .map((one) => one.text('PolicyArn')) ?? [];
    const others = there.filter((arn) => !this.#policies.includes(arn));
    return [
      ...others.map(
        (arn): PlanStep => ({ title: `policy ${arn} of the role ${role}, not asked for`, state: 'exists' }),
      ),
      ...this.#policies.map((arn): PlanStep => {
        const title = `policy ${arn} of the role ${role}`;
        if (there.includes(arn)) return { title, state: 'exists' };
        return {
          title,
          state: 'create',
          command: iam('attach-role-policy', `--role-name=${role}`, `--policy-arn=${arn}`),
        };
      }),
    ];
  }

  terraform(): string {
    const { account, partition, role } = this.#place;
    const { provider } = this.#trust;
    const policies = hclBlock('resource "aws_iam_role_policy_attachment" "fedbridge"', {
      for_each: new Expression(`toset(${inertJson(this.#policies).replaceAll(',', ', ')})`),
      role: new Expression('aws_iam_role.fedbridge.name'),
      policy_arn: new Expression('each.value'),
    });
    return [
      ...(provider
        ? [
            '# An account has one provider for an issuer. Where it is there already:',
            `# terraform import aws_iam_openid_connect_provider.fedbridge ${providerArn(provider.Url, account, partition)}`,
          ]
        : []),
      formatAwsTrust(this.#trust, { account, partition, role }, 'terraform'),
      ...(this.#policies.length === 0 ? [] : ['', policies]),
    ].join('\n');
  }
}

function checkPolicy(arn: string, account: string, partition: string): void {
  const [, own, , , owner = ''] = arn.split(':');
  if (own !== partition) throw usage(`${arn} is of another partition than the region, ${partition}.`);
  if (![account, 'aws'].includes(owner)) throw usage(`${arn} is of another account than ${account}.`);
}

const iam = (...words: readonly string[]): readonly [Tool, ...string[]] => ['aws', 'iam', ...words];

function jobStepOf(role: string, region: string, job: TrustedJob, options: InitOptions): JobStep {
  const { connection } = options;
  const named = namedAudience(options);
  const words = ['--role-to-assume', role, '--aws-region', region, ...named.words];
  const script = 'aws sts get-caller-identity --query Arn --output text';
  return {
    action: 'OWNER/fedbridge/actions/aws-credentials@0000000000000000000000000000000000000000 # v1.0.0',
    task: 'FedbridgeAwsCredentials@1',
    inputs: { roleToAssume: role, awsRegion: region, ...named.inputs },
    ...(connection === undefined ? {} : { taskInputs: { azureSubscription: connection } }),
    script,
    byCommand: {
      idToken: 'AWS_ID_TOKEN',
      audience: job.audience,
      script: [`credentials=$(npx --yes fedbridge@1 aws-credentials ${shown(words)})`, 'eval "$credentials"'],
    },
  };
}
