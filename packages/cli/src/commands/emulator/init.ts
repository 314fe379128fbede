import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FedbridgeError } from '@fedbridge/core';
import { configSchema } from '@fedbridge/emulator';
import type { Cli } from '../../command-line.ts';

const schemaName = 'emulator.schema.json';

/** Writes a configuration, and its schema beside it; never over one that is there. @throws FedbridgeError `INPUT_INVALID` */
export async function init(file: string, { terminal }: Cli): Promise<void> {
  try {
    await writeFile(file, starter, { flag: 'wx' });
    await writeFile(join(dirname(file), schemaName), `${JSON.stringify(configSchema, null, 2)}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FedbridgeError('INPUT_INVALID', `${file} cannot be written: ${code}.`, {
      hint: code === 'EEXIST' ? 'It is there already.' : undefined,
    });
  }
  terminal.print(file);
  terminal.log(`Next: fedbridge emulator --config ${basename(file)}`);
}

const starter = `# yaml-language-server: $schema=./${schemaName}
# What the clouds have, and whom they trust: trust policies and federated credentials as they are in the real world.
accounts:
  - id: "123456789012"
    oidcProviders:
      - url: https://token.actions.githubusercontent.com
        clientIds: [sts.amazonaws.com]
    roles:
      - name: deploy
        # Or the path of a file: trustPolicy: trust-policy.json
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal:
                Federated: arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com
              Action: sts:AssumeRoleWithWebIdentity
              Condition:
                StringEquals:
                  token.actions.githubusercontent.com:aud: sts.amazonaws.com
                  token.actions.githubusercontent.com:sub: repo:octo/app:ref:refs/heads/main

tenants:
  - id: 2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01
    domains: [contoso.onmicrosoft.com]
    applications:
      - clientId: 8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02
        federatedCredentials:
          - name: github-main
            issuer: https://token.actions.githubusercontent.com
            subject: repo:octo/app:ref:refs/heads/main
            audiences: [api://AzureADTokenExchange]

# Jobs by name, for: fedbridge emulator run --job main -- <command>
jobs:
  main:
    github: { repository: octo/app, ref: refs/heads/main }
  feature:
    github: { repository: octo/app, ref: refs/heads/feature }
`;
