import { runTrustLint } from '@fedbridge/cli/trust-lint';

await runTrustLint(process.argv.slice(2));
