import { invalid, parseLines, parsePairs } from '@fedbridge/core';
import type { InputDefinition } from '@fedbridge/step';
import { type Mine, parseMine, whyNotMine } from '@fedbridge/trust';
import { Selection } from '@fedbridge/trust-files';
import { parseWanted } from './base.ts';

/** The check's inputs. */
export const trustLintInputs = {
  files: {
    type: 'text',
    label: 'Files',
    multiline: true,
    decides: true,
    default: '.',
    parse: (text: string) => Selection.parse(text),
    description:
      'What to look at, a line each, relative to the working directory: a file, a folder with all below it, or a pattern, "roles/**/trust-*.json" ' +
      'for example; with ! in front what is left out. By default all that is checked out. Of folders and patterns those files are read that end in ' +
      '.json, .yaml, .yml, .template or .tfstate, and those that have nothing to do with trust are skipped.',
  },
  mine: {
    type: 'text',
    label: 'Ours',
    multiline: true,
    decides: true,
    parse: parseOwners,
    description:
      'Who is yours, an owner a line, for example github:octo, github:octo@65001, azure-pipelines:contoso or account:123456789012. Others that are ' +
      'newly allowed are a warning then; without it they are a note. Anybody who has an account at an issuer is an error in any case.',
  },
  failOn: {
    type: 'choice',
    label: 'Fail on',
    guards: true,
    options: ['error', 'warning', 'note', 'none'],
    default: 'warning',
    description: 'The least severe finding that fails the step. With none it never fails for what it finds.',
  },
  baseRef: {
    type: 'text',
    label: 'Base',
    decides: true,
    default: 'auto',
    parse: parseWanted,
    description:
      'What to compare with: a branch, a tag or a commit of the clone. With auto, in a pull request or a merge queue what it goes into, elsewhere ' +
      'nothing. With none nothing is compared. The clone must have that commit.',
    on: {
      github: 'For auto, fetch-depth: 2 at actions/checkout is enough.',
      'azure-pipelines': 'For auto, fetchDepth: 2 at the step checkout is enough.',
    },
  },
  parameters: {
    type: 'text',
    label: 'Parameters',
    multiline: true,
    decides: true,
    parse: parsePairs,
    description:
      'What templates of CloudFormation and ARM do not tell, "name = value" a line, for example "AWS::AccountId = 123456789012".',
  },
  workingDirectory: {
    type: 'text',
    label: 'Working directory',
    decides: true,
    description: 'The folder to look at, relative to where the sources are, for example where checkout put them.',
  },
  uploadSarif: {
    type: 'boolean',
    label: 'Upload SARIF',
    only: 'azure-pipelines',
    default: true,
    description:
      'Upload the findings to the artifact CodeAnalysisLogs, which the extension "SARIF SAST Scans Tab" shows.',
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

function parseOwners(text: string): readonly Mine[] {
  return parseLines(text).map((line) => {
    const mine = parseMine(line);
    if (mine) return mine;
    throw invalid(whyNotMine(line) ?? '');
  });
}
