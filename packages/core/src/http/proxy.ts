import { invalid } from '../error.ts';

/**
 * A proxy's address. One with a user name is refused: its password would be a stored secret in a pipeline's source.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function parseProxy(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash
  )
    return url;
  throw invalid('expected the URL of a proxy such as http://proxy.example.com:3128, without user name and password.');
}
