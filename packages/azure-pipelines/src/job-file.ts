import { yamlLiteral, yamlScalar } from '@fedbridge/core';
import { azureDevOpsHost } from '@fedbridge/issuers';
import type { JobFile } from '@fedbridge/trust';

/** A pipeline of Azure Pipelines with a job. */
export const azurePipelinesJobFile: JobFile = {
  platform: 'azure-pipelines',
  kind: 'azurePipelines',
  usualPath: 'azure-pipelines.yml',
  questions({ pipeline, connection, issuer }) {
    const isNamed = pipeline !== undefined || connection !== undefined;
    return [
      { option: 'azurePipelines', question: 'Which project, organization/project?' },
      ...(isNamed ? [] : [{ option: 'pipeline', question: 'Jobs of which pipeline?' } as const]),
      ...(issuer === undefined
        ? [
            {
              option: 'organizationId',
              question: `Id of the organization ("instanceId" of https://${azureDevOpsHost}/<organization>/_apis/connectionData)?`,
            } as const,
          ]
        : []),
    ];
  },
  write(_names, { task, inputs, taskInputs, script }) {
    const steps = [
      'steps:',
      `  - task: ${task}`,
      '    inputs:',
      ...Object.entries({ ...taskInputs, ...inputs }).map(([name, given]) => `      ${name}: ${literal(given)}`),
      `  - script: ${yamlScalar(script)}`,
    ];
    const whole = ['trigger: [main]', 'pool:', '  vmImage: ubuntu-latest', ...steps];
    return { whole: `${whole.join('\n')}\n`, part: steps.join('\n') };
  },
};

/** Sources: Microsoft Learn, "Define variables" (`$(…)`, `$[…]`) and "Template expressions" (`${{ … }}`). */
const literal = (text: string) => yamlLiteral(text, /\$\{\{|\$[([]/);
