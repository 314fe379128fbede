import { createHash } from 'node:crypto';
import { type Audit, type AuditEntry, auditFindings } from '@fedbridge/trust';
import { datesSection } from './dates.ts';
import { entriesSection } from './entries.ts';
import { findingsSection } from './findings.ts';
import { type Html, html } from './html.ts';
import { style } from './style.ts';

/** What a page says of the audit that it shows. */
export interface PageOf {
  /** A sentence that somebody reads first. */
  readonly summary: string;
  /** Files, or commands that were asked. */
  readonly sources: readonly string[];
  /** Who is ours, as it was given. */
  readonly mine: readonly string[];
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  readonly isBeyond: (entry: AuditEntry) => boolean;
}

/**
 * An audit as one HTML page that needs no network and no script, and may not have any: all that a policy says is text in it. It is bounded
 * whatever the size of the account, and says what was left out.
 */
export function auditPage(audit: Audit, of: PageOf): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const findings = auditFindings(audit, of.isBeyond).filter(({ rule }) => !toldInTable.has(rule));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Who is allowed: audit of ${dayOf(of.now)}</title>
<style>`;
  const body = html`</style>
</head>
<body>
<header>
<h1>${of.summary}</h1>
${
  audit.gaps.length > 0
    ? html`<p>Of what was not read nothing is known: see the problems.</p>
`
    : ''
}${aboutIt(of)}
<nav aria-label="Sections"><ul>
<li><a href="#entries">Who is allowed</a></li>
<li><a href="#findings">Problems</a></li>
<li><a href="#dates">Deprecations</a></li>
</ul></nav>
</header>
<main>
${entriesSection(audit.entries)}
${findingsSection(findings)}
${datesSection(audit.endings, of.now)}
</main>
</body>
</html>`;
  return `${page.text}${style}${body.text}`;
}

/** Who is allowed stands in the table. */
const toldInTable: ReadonlySet<string> = new Set(['audit/anybody', 'audit/others', 'audit/not-read']);

function aboutIt({ sources, mine, now }: PageOf): Html {
  const most = 20;
  const more = sources.length - most;
  const listed = sources.slice(0, most).map((one) => html`<code>${one}</code> `);
  return html`<dl>
<dt>Made on</dt><dd><time datetime="${new Date(now * 1000).toISOString()}">${dayOf(now)}</time></dd>
<dt>Of</dt><dd>${listed}${more > 0 ? `and ${more} more` : ''}</dd>
<dt>Ours are</dt><dd>${mine.length === 0 ? 'not named: --mine says who is' : mine.map((one) => html`<code>${one}</code> `)}</dd>
</dl>`;
}

const dayOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ').concat(' UTC');
