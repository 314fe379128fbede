import { runTrustLint } from 'fedbridge/trust-lint';

await runTrustLint(process.argv.slice(2));
