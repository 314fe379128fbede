import type { ChildProcess, SpawnOptions } from 'node:child_process';
import spawn from 'cross-spawn';
import { FedbridgeError } from './error.ts';

/** What `cross-spawn` makes of a call, which execa goes by as well: its types do not have it. */
interface CrossSpawn {
  _parse(
    program: string,
    args: readonly string[],
    options: SpawnOptions,
  ): { readonly args: readonly string[]; readonly options: SpawnOptions };
}

/**
 * Starts a program without a shell of its own, also where it is a batch file, as `az` is on Windows.
 *
 * @throws FedbridgeError `INPUT_INVALID` where it is a batch file, and something in its arguments would act in the shell that reads it
 */
export function startProgram(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const { options: parsed } = (spawn as unknown as CrossSpawn)._parse(program, args, options);
  // On Windows alone, and there for all but what is an .exe or .com.
  if (parsed.windowsVerbatimArguments && actsInBatchFile(args))
    throw new FedbridgeError(
      'INPUT_INVALID',
      `"${program}" is a batch file here, and something in its arguments would act in the shell of Windows that reads it.`,
      {
        hint: 'What acts: & | < > ^ ( ) beside a ", a variable (%NAME%, !NAME!), the end of a line. Choose names without these, or run this where it is no batch file: in WSL, or for az in Azure Cloud Shell.',
      },
    );
  return spawn(program, [...args], options);
}

/**
 * Whether something in the arguments of a batch file would act. `cross-spawn` escapes them for the shell that is started; the file hands
 * them on as `%*`, and the shell reads them again, without those escapes: what is behind a quote of an argument is its own then.
 * Sources: moxystudio/node-cross-spawn, `lib/parse.js`, which escapes twice for files in `node_modules/.bin` alone; CVE-2024-24576.
 */
export function actsInBatchFile(args: readonly string[]): boolean {
  const parts = args.map((arg) => `"${arg}"`).join(' ');
  const outsideQuotes = parts.split('"').filter((_, index) => index % 2 === 0);
  return outsideQuotes.some((text) => /[&|<>^()]/.test(text)) || /[\r\n]|![^!]+!/.test(parts) || variable.test(parts);
}

/** `%NAME%`, `%NAME:a=b%`; no variable has a name as it is between the signs of an encoded URL. */
const variable = /%(?![\dA-F]{2}[^%:]*%)[^%]+%/i;
