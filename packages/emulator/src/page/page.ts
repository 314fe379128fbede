import { createHash } from 'node:crypto';
import { text } from './markup.ts';
import { script } from './page-script.ts';
import { style } from './page-style.ts';

/** What the page offers. */
export interface PageContent {
  readonly config: string;
  readonly jobs: readonly string[];
  /** ARNs of roles, and client IDs. */
  readonly wanted: readonly string[];
  readonly urls: Readonly<Record<string, string>>;
}

const hash = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/** Its policy: its own script and style alone, and requests to its own origin. Source: W3C, Content Security Policy Level 3. */
export const pagePolicy = [
  "default-src 'none'",
  `script-src ${hash(script)}`,
  `style-src ${hash(style)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page as HTML, with what the configuration has in it, and no secret. */
export function pageMarkup({ config, jobs, wanted, urls }: PageContent): string {
  const options = (all: readonly string[]) => all.map((one) => `<option>${text(one)}</option>`).join('');
  const services = Object.entries(urls).map(
    ([name, url]) => `<dt>${text(name)}</dt><dd><code>${text(url)}</code></dd>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fedbridge emulator</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header><h1>Fedbridge emulator</h1><p class="soft" id="config">${text(config)}</p><p id="notice" role="status"></p></header>
<main>
<section aria-labelledby="start"><h2 id="start">Start a job</h2>
<form id="play">
<label>Job <select name="job">${options(jobs)}</select></label>
<label>Changes <input name="changes" placeholder="ref=refs/heads/feature" autocomplete="off" spellcheck="false"></label>
<label>asks for <select name="wanted">${options(wanted)}</select></label>
<button${wanted.length === 0 ? ' disabled' : ''}>Exchange its ID token</button>
<button type="button" id="variables">Show variables for a shell</button>
</form>
<pre id="shell" tabindex="0" aria-label="Variables for a shell" hidden></pre>
</section>
<section aria-labelledby="requests"><h2 id="requests">Requests</h2>
<fieldset><legend>Show</legend>
<label><input type="checkbox" id="show-requests" checked> other requests</label>
<label><input type="checkbox" id="show-allowed" checked> allowed exchanges</label>
<label><input type="checkbox" id="show-denied" checked> denied exchanges</label>
</fieldset>
<p id="nothing" class="soft">No request yet. Start a job above, or run a command: <code>fedbridge emulator run --job github -- &lt;command&gt;</code></p>
<ol id="list" aria-label="Requests, the newest first"></ol>
<p id="news" class="out-of-sight" role="log"></p>
</section>
<section aria-labelledby="services"><h2 id="services">Services</h2><dl>${services.join('')}</dl></section>
</main>
<script>${script}</script>
</body>
</html>
`;
}
