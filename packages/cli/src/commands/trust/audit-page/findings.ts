import { type AuditRuleId, auditRules, type FindingInFile, type Severity } from '@fedbridge/trust';
import { groups } from '../groups.ts';
import { bounded, leftOut } from './bounds.ts';
import { Html, html } from './html.ts';

type Found = FindingInFile<AuditRuleId>;

const most = 5_000;
const colours: Readonly<Record<Severity, string>> = { error: 'bad', warning: 'middling', note: 'soft' };
const severities = Object.keys(colours) as readonly Severity[];

/** What is wrong, errors first, each rule with all places of it. */
export function findingsSection(findings: readonly Found[]): Html {
  const byRule = groups(findings, ({ rule }) => rule);
  const shown = bounded(byRule, most);
  const boxes = severities.map((severity) => {
    const count = findings.filter((one) => one.severity === severity).length;
    return html`<li><label><input type="checkbox" id="show-${severity}" checked> ${severity} (${count})</label></li>
`;
  });
  return html`<section id="findings">
<h2>Problems</h2>
${
  findings.length === 0
    ? html`<p>No problems found.</p>`
    : html`<fieldset><legend>Show</legend><ul>
${boxes}</ul></fieldset>
<p>${leftOut(findings.length - most, 'problems, the least severe')}</p>
${byRule.map((group, index) => ruleOf(group, shown[index] ?? []))}`
}
</section>`;
}

function ruleOf([first, ...more]: readonly [Found, ...Found[]], shown: readonly Found[]): Html {
  if (shown.length === 0) return new Html('');
  const { severity, rule } = first;
  const { title, fix } = auditRules[rule];
  return html`<section class="is-${severity}">
<h3><span class="${colours[severity]}">${severity}</span> ${title} <code>${rule}</code> (${more.length + 1})</h3>
<p>${fix}</p>
<ol class="places">
${shown.map(placeOf)}</ol>
</section>
`;
}

function placeOf({ file, line, column, document, where, message }: Found): Html {
  const place = [document === where ? '' : document, where].filter(Boolean).join(' ');
  return html`<li><code>${file}:${line}:${column}</code> ${place === '' ? '' : html`<code>${place}</code> `}${message}</li>
`;
}
