import { Command } from 'commander';
import type { Cli } from '../../command-line.ts';
import { auditCommand } from './audit.ts';
import { diffCommand } from './diff.ts';
import { lintCommand } from './lint.ts';
import { migrateCommand } from './migrate.ts';
import { pageCommand } from './page.ts';
import { testCommand } from './test.ts';
import { whoCommand } from './who.ts';
import { writeAwsCommand, writeEntraCommand } from './write.ts';

/** `fedbridge trust`, with all commands below it. */
export function trustCommand(cli: Cli): Command {
  return new Command('trust')
    .description('Trust documents: write, check, test, compare, audit and migrate them.')
    .addCommand(writeAwsCommand(cli))
    .addCommand(writeEntraCommand(cli))
    .addCommand(lintCommand(cli))
    .addCommand(testCommand(cli))
    .addCommand(whoCommand(cli))
    .addCommand(diffCommand(cli))
    .addCommand(auditCommand(cli))
    .addCommand(migrateCommand(cli))
    .addCommand(pageCommand(cli));
}
