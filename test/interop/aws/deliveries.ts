import type { StepRun } from '../../harness/job.ts';
import type { Journey } from '../../harness/journeys.ts';
import type { Variables } from '../../harness/process.ts';
import { namedRoles } from '../../harness/setup.ts';

/** A way for a later step to be one of the step's roles. */
interface Use {
  /** The role's name. */
  readonly role: string;
  /** What the later step has in its own `env:`. */
  readonly env?: (run: StepRun) => Variables;
}

/** How a step hands credentials on. */
export interface Delivery {
  readonly title: string;
  /** As in an `action.yml`; the journey's own where they are not named. */
  readonly inputs: Variables;
  /** Why there is no such thing on a platform. */
  readonly absent?: Partial<Record<Journey['platform'], string>>;
  readonly uses: readonly Use[];
  /** What a machine must have. */
  readonly needs?: 'home';
}

const roles = Object.entries(namedRoles).map(([name, arn]) => `${name} = ${arn}`);
const main: Use = { role: 'deploy' };
const named: Use = { role: 'plan', env: () => ({ AWS_PROFILE: 'plan' }) };
const mapped: Use = { role: 'deploy', env: ({ secretVariables }) => secretVariables };

const plain: readonly Delivery[] = [
  { title: 'default', inputs: {}, uses: [main] },
  { title: '`aws-profile`', inputs: { 'aws-profile': 'ci' }, uses: [main], needs: 'home' },
  { title: '`roles`', inputs: { 'role-to-assume': '', roles: roles.join('\n') }, uses: [named] },
  { title: '`roles` beside `role-to-assume`', inputs: { roles: roles.join('\n') }, uses: [main, named] },
];

/** Every one, plain and kept fresh. */
export const deliveries: readonly Delivery[] = [
  ...plain,
  {
    title: '`export-credentials`',
    inputs: { 'export-credentials': 'true' },
    absent: { 'GitHub Actions': 'later steps have the credentials by default' },
    uses: [mapped],
  },
  ...plain.map(({ title, inputs, ...more }) => ({
    ...more,
    title: title === 'default' ? '`keep-fresh`' : `${title}, \`keep-fresh\``,
    inputs: { ...inputs, 'keep-fresh': 'true' },
  })),
];
