import { kebabCase } from '@fedbridge/core';
import { azurePipelinesStep } from './azure-pipelines-step.ts';
import { gitHubStep } from './github-step.ts';
import type { Step } from './job.ts';
import type { Variables } from './process.ts';
import type { Platform } from './ways.ts';

export const platforms: readonly Platform[] = ['github', 'azure-pipelines'];

/**
 * The step that lints, as it is shipped, in a job without any identity.
 *
 * @param inputs - by their names in its definition
 */
export function trustLintStep(
  platform: Platform,
  environment: Readonly<Record<Platform, Variables>>,
  inputs: Variables = {},
  node = process.execPath,
): Step {
  const given = { environment: environment[platform], node };
  if (platform === 'azure-pipelines') return azurePipelinesStep({ name: 'FedbridgeTrustLint', inputs, ...given });
  const written = Object.entries(inputs).map(([name, value]) => [kebabCase(name), value]);
  return gitHubStep({ name: 'trust-lint', inputs: Object.fromEntries(written), ...given });
}

const hub = 'token.actions.githubusercontent.com';

/** A trust policy of AWS for a subject at GitHub, or several. */
export function trustOf(...subjects: readonly string[]): string {
  const policy = {
    Version: '2012-10-17',
    Statement: subjects.map((subject) => ({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: conditionOn(subject),
    })),
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}

function conditionOn(subject: string) {
  const audience = { [`${hub}:aud`]: 'sts.amazonaws.com' };
  const named = { [`${hub}:sub`]: subject };
  return subject.includes('*')
    ? { StringEquals: audience, StringLike: named }
    : { StringEquals: { ...audience, ...named } };
}
