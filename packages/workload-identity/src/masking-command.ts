/**
 * Has a platform hide a secret in all that the job prints from now on.
 * Sources: GitHub Docs, "Workflow commands", `add-mask`; Microsoft Learn, "Logging commands", `task.setsecret`; the escapes of
 * actions/toolkit, `command.ts`, and of microsoft/azure-pipelines-task-lib, `taskcommand.ts`.
 *
 * @param platform - by its name; what has no such command hides nothing
 */
export function maskingCommand(platform: string): (secret: string) => void {
  const prefix = prefixes[platform];
  if (!prefix) return () => {};
  const [begin, percent] = prefix;
  return (secret) => {
    const escaped = secret.replaceAll('%', percent).replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    process.stdout.write(`${begin}${escaped}\n`);
  };
}

const prefixes: Readonly<Record<string, readonly [begin: string, percent: string]>> = {
  github: ['::add-mask::', '%25'],
  'azure-pipelines': ['##vso[task.setsecret]', '%AZP25'],
};
