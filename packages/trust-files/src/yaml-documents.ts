import type { Source } from '@fedbridge/trust';
import { yaml } from '#yaml';

/**
 * The documents of a YAML text, of which JSON is one.
 *
 * @param what - names the text
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function yamlIn(text: string, what: string): Promise<readonly Source[]> {
  return (await yaml()).yamlDocuments(text, what);
}
