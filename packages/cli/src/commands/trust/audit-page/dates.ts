import type { Audit } from '@fedbridge/trust';
import { leftOut } from './bounds.ts';
import { type Html, html } from './html.ts';

const most = 2_000;

/** What stops working on a day, the first day first. */
export function datesSection(endings: Audit['endings'], now: number): Html {
  return html`<section id="dates">
<h2 id="dates-title">Deprecations</h2>
${
  endings.length === 0
    ? html`<p>Nothing that is trusted stops on a day that is known.</p>`
    : html`<div class="scroll" role="region" aria-labelledby="dates-title" tabindex="0">
<table>
<caption>What stops working, the first day first. ${leftOut(endings.length - most, 'later ones')}</caption>
<thead><tr><th scope="col">Role or identity</th><th scope="col">Date</th><th scope="col">What stops</th><th scope="col">Trusted subject</th><th scope="col">Where it stands</th></tr></thead>
<tbody>
${endings.slice(0, most).map((one) => rowOf(one, now))}</tbody>
</table>
</div>`
}
</section>`;
}

function rowOf(
  { ends, what, instead, inScope, outOfScope, where, subject, file, document }: Audit['endings'][number],
  now: number,
) {
  const { line, column } = document.positionOf([]);
  const isPast = Date.parse(ends) <= now * 1000;
  return html`<tr><th scope="row"><code>${document.address || file}</code></th><td><span class="${isPast ? 'bad' : 'middling'}">${isPast ? 'since ' : ''}<time datetime="${ends}">${ends}</time></span></td><td class="what">${what}. ${instead} In scope: ${inScope.join('; ')}. Not in scope: ${outOfScope.join('; ')}.</td><td class="place"><code>${subject}</code></td><td class="place"><code>${file}:${line}:${column}</code> ${where}</td></tr>
`;
}
