import { Argument, Command } from 'commander';
import type { Cli } from '../command-line.ts';
import { candidatesOf } from '../completion-candidates.ts';
import { completionScripts } from '../completion-scripts.ts';

/** `fedbridge completion`: the script by which a shell completes the command. */
export function completionCommand({ terminal }: Cli): Command {
  return new Command('completion')
    .description('Print what a shell loads to complete commands, options and their values.')
    .addArgument(new Argument('<shell>', 'which').choices(Object.keys(completionScripts)))
    .addHelpText(
      'after',
      `
Examples:
  source <(fedbridge completion bash)                                           # in ~/.bashrc
  source <(fedbridge completion zsh)                                            # in ~/.zshrc, after compinit
  fedbridge completion fish >~/.config/fish/completions/fedbridge.fish`,
    )
    .action((shell: keyof typeof completionScripts) => terminal.printDocument(completionScripts[shell].trimEnd()));
}

/** What those ask, a line for each word: it and, after a tab, what it means. */
export function completeCommand({ terminal }: Cli): Command {
  return new Command('complete')
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: readonly string[], _options: object, command: Command) => {
      for (const { value, description } of candidatesOf(command.parent ?? command, words))
        terminal.printDocument(`${value}\t${description}`);
    });
}
