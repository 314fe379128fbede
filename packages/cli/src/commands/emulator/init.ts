import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { configSchema, type JobPlatform, type Starter, starterConfig, starterWithPolicy } from '@fedbridge/emulator';
import type { Cli } from '../../command-line.ts';
import { unusable } from '../../reading.ts';
import { ownCommand } from './own-command.ts';
import { ownPolicy } from './own-policy.ts';

const schemaName = 'emulator.schema.json';

/** Where a configuration is written, and what is in it. */
export interface InitOptions {
  /** `-` for standard output. */
  readonly config: string;
  readonly platform: JobPlatform;
  /** The file of a trust policy of the user's own. */
  readonly trustPolicy?: string;
}

/**
 * Writes a configuration, and its schema beside it; never over one that is there.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function init({ config, platform, trustPolicy }: InitOptions, cli: Cli): Promise<void> {
  const { terminal } = cli;
  const isFile = config !== '-';
  const file = isFile ? resolve(config) : join(process.cwd(), 'emulator.yaml');
  const starter =
    trustPolicy === undefined
      ? starterConfig(platform, schemaName)
      : starterWithPolicy(
          { ...(await ownPolicy(trustPolicy, cli)), file: relative(dirname(file), resolve(trustPolicy)) },
          schemaName,
        );
  if (!isFile) {
    terminal.printDocument(starter.text.trimEnd());
    return;
  }
  try {
    await writeFile(file, starter.text, { flag: 'wx' });
    await writeFile(join(dirname(file), schemaName), `${JSON.stringify(configSchema, null, 2)}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(file, 'written', error, code === 'EEXIST' ? 'Name another with --config, or remove it.' : undefined);
  }
  terminal.print(file);
  tellNext(starter, config, cli);
}

/** Commands that are allowed, to be copied, and the page. */
function tellNext({ aws, entra }: Starter, config: string, { terminal, system }: Cli): void {
  const command = ownCommand(system.environment);
  const named = config === 'emulator.yaml' ? '' : ` --config ${config}`;
  const run = (job: string, what: string) => `  ${command} emulator run${named} --job ${job} -- fedbridge ${what}`;
  terminal.log(`Next, credentials of the role, as the job ${aws.job}:`);
  terminal.log(run(aws.job, `aws-credentials --role-to-assume ${aws.role} --aws-region eu-central-1`));
  if (entra) {
    terminal.log(`an access token of Microsoft Entra, as the job ${entra.job}:`);
    terminal.log(run(entra.job, `token --client-id ${entra.application} --tenant-id ${entra.tenant}`));
  }
  terminal.log('or a page in the browser that shows each exchange:');
  terminal.log(`  ${command} emulator${named}`);
}
