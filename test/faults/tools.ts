import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const az = `#!/bin/sh
case "$1 $2" in
  'cloud show') echo '{"endpoints":{},"suffixes":{}}' ;;
  'login '*) mkdir -p "$AZURE_CONFIG_DIR" && echo tokens > "$AZURE_CONFIG_DIR/msal_token_cache.json" ;;
esac
`;

/** Makes stand-ins for az and pwsh that write where the real ones write; how they are called is tried in test/e2e. @returns a PATH */
export function pathWithTools(folder: string): string {
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ az, pwsh: '#!/bin/sh\n' })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return `${folder}:/usr/bin:/bin`;
}
