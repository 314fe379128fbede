import { posix, win32 } from 'node:path';
import type { Environment, HttpResponse, Outbound, UnreadableFile } from '@fedbridge/core';
import { FedbridgeError, readSmallFile } from '@fedbridge/core';

/** Bytes that a key may have. Source: MSAL, `AzureArc`. */
const mostKeyBytes = 4096;

/**
 * Answers the challenge of Azure Arc's agent: who asks it for a token shows that they can read a file that it just wrote. The folder
 * of such files is fixed, so that whoever else answers in the agent's place is not sent what another file has.
 * Source: Microsoft Learn, "Authenticate against Azure resources with Azure Arc-enabled servers"; MSAL, `AzureArc`.
 *
 * @returns the value of the header `Authorization`
 * @throws FedbridgeError `ANSWER_MALFORMED`, `ID_TOKEN_UNAVAILABLE`
 */
export async function answerArcChallenge({ headers }: HttpResponse, outbound: Outbound): Promise<string> {
  const { system, deadline } = outbound;
  const path = arcKeyFile(headers['www-authenticate'] ?? '', arcKeyFolder(system.environment, process.platform));
  const bounds = { mostBytes: mostKeyBytes, withinMs: deadline - system.now() };
  const file = await readSmallFile(path, bounds).catch((error: UnreadableFile) => {
    throw unreadable(path, error);
  });
  const key = file.toString('latin1').trim();
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new FedbridgeError('ANSWER_MALFORMED', `Azure Arc's agent wrote a key that is none into ${path}.`);
  }
  outbound.mask(key);
  return `Basic ${key}`;
}

/** Where the agent answers unless a variable says otherwise. */
export const arcEndpoint = 'http://127.0.0.1:40342/metadata/identity/oauth2/token';

/** The agent's own program, by which one finds that there is an agent. Source: MSAL, `AzureArc`. */
export function arcAgent({ ProgramFiles }: Environment, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return '/opt/azcmagent/bin/himds';
  return win32.join(ProgramFiles || 'C:\\Program Files', 'AzureConnectedMachineAgent', 'himds.exe');
}

/** Where the agent writes its keys. */
export function arcKeyFolder({ ProgramData }: Environment, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return '/var/opt/azcmagent/tokens';
  return win32.join(ProgramData || 'C:\\ProgramData', 'AzureConnectedMachineAgent', 'Tokens');
}

/**
 * @param challenge - the header `WWW-Authenticate`, whose realm is a path
 * @throws FedbridgeError `ANSWER_MALFORMED` for a file that is no key of the agent
 */
export function arcKeyFile(challenge: string, folder: string): string {
  const [, quoted, plain] = /^Basic\s+realm\s*=\s*(?:"([^"]*)"|([^"\s,].*))$/i.exec(challenge.trim()) ?? [];
  const path = quoted ?? plain ?? '';
  const { basename, dirname, normalize } = folder.startsWith('/') ? posix : win32;
  // Windows ignores case, and a path that is not normal could lead out of the folder.
  const same = (one: string, other: string) =>
    folder.startsWith('/') ? one === other : one.toLowerCase() === other.toLowerCase();
  if (normalize(path) === path && same(dirname(path), folder) && /^[\w-][\w.-]*\.key$/.test(basename(path))) {
    return path;
  }
  throw new FedbridgeError('ANSWER_MALFORMED', "Azure Arc's agent named no key of its own to show.", {
    answer: `WWW-Authenticate: ${challenge.slice(0, 300)}`,
    hint: `Its keys are files that end in .key, in ${folder}. See what answers at IDENTITY_ENDPOINT.`,
  });
}

function unreadable(path: string, cause: UnreadableFile): FedbridgeError {
  const isDenied = cause.code === 'EACCES' || cause.code === 'EPERM';
  return new FedbridgeError('ID_TOKEN_UNAVAILABLE', `The key of Azure Arc's agent, ${path}, ${cause.message}.`, {
    cause,
    hint: isDenied
      ? 'Add the user that this runs as to the group himds (on Windows: "Hybrid agent extension applications"), and start ' +
        'what runs it again.'
      : 'In a container, mount that folder as on the machine. Else see "azcmagent show".',
  });
}
