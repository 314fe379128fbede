import type { Command } from 'commander';

/**
 * Asks for required options once all that was given is understood, and for all of them at once: of a misspelled one the library would say
 * that it is missing.
 */
export function askRequiredLast(command: Command): void {
  const required = command.options.filter(({ mandatory }) => mandatory);
  for (const option of required) option.mandatory = false;
  if (required.length > 0) {
    command.hook('preAction', (_hooked, acting) => {
      const missing = required.filter((option) => acting.getOptionValue(option.attributeName()) === undefined);
      if (missing.length === 0) return;
      const named = missing.map(({ flags }) => `'${flags}'`).join(', ');
      acting.error(`error: required ${missing.length === 1 ? 'option' : 'options'} ${named} not specified`);
    });
  }
  command.commands.forEach(askRequiredLast);
}
