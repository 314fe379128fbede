import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where the bundles of what is measured are. */
export const folders: Readonly<Record<string, string>> = {
  'GitHub Actions to AWS': 'actions/aws-credentials',
  'GitHub Actions to Entra': 'actions/entra-token',
  'Azure Pipelines to AWS': 'tasks/FedbridgeAwsCredentials',
  'Azure Pipelines to Entra': 'tasks/FedbridgeEntraToken',
  'GitHub Actions, ID token': 'actions/id-token',
  'Azure Pipelines, ID token': 'tasks/FedbridgeIdToken',
};

/** The bytes of a script, or of all in a folder. */
export function sizeOf(path: string): number {
  if (path.endsWith('.js')) return statSync(path).size;
  return readdirSync(path)
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + statSync(join(path, file)).size, 0);
}
