import { shellWord } from '@fedbridge/core';
import type { Denial } from '@fedbridge/emulator';
import { audiences } from '@fedbridge/trust';
import type { Cli } from '../../command-line.ts';
import type { JobOptions } from './job-options.ts';
import { ownCommand } from './own-command.ts';

/** Where `allow` can allow something: what is changed, and the audience that a token is asked for by itself. */
const clouds: Readonly<Record<string, { readonly document: string; readonly audience: string }>> = {
  'AWS STS': { document: "to the role's trust policy", audience: audiences.aws },
  'Microsoft Entra': { document: "to the application's federated credentials", audience: audiences.entra },
};

/** A job, as its command line names it. */
export interface NamedJob extends JobOptions {
  /** Whether it says for whom its ID token is. */
  readonly choosesAudience: boolean;
}

/**
 * Says by which condition each exchange was denied, and which command allows it: below what the command itself said, since no cloud tells
 * more than its code.
 */
export function tellDenials(denials: readonly Denial[], job: NamedJob, { terminal, system }: Cli): void {
  for (const denial of denials) {
    const { party, wanted, why, canBeAllowed } = denial;
    terminal.log('');
    terminal.tell(`Why ${party} denied ${wanted}:`);
    for (const sentence of why) terminal.tell(`  ${sentence}`);
    const cloud = clouds[party];
    if (!cloud || !canBeAllowed || job.config === '-') continue;
    terminal.tell(`If this job should be allowed, add it ${cloud.document}, then run it again:`);
    const words = ['emulator', 'allow', ...optionsOf(job), ...audienceOf(denial, job, cloud.audience), wanted];
    terminal.log(`  ${ownCommand(system.environment)} ${words.map(shellWord).join(' ')}`);
  }
}

function optionsOf({ config, job, set = [] }: JobOptions): readonly string[] {
  const other = config === 'emulator.yaml' ? [] : ['--config', config];
  return [...other, '--job', job, ...set.flatMap(([name, value]) => ['--set', `${name}=${value}`])];
}

function audienceOf({ audience }: Denial, { choosesAudience }: NamedJob, usual: string): readonly string[] {
  return choosesAudience && audience !== usual ? ['--audience', audience] : [];
}
