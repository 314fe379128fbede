/** A configuration to begin with, as YAML. @param schema - the file that has its schema, beside it */
export const starterConfig = (schema: string): string => `# yaml-language-server: $schema=./${schema}
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
