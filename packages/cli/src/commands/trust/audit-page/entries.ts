import {
  type AuditEntry,
  exampleOf,
  isForServicesAlone,
  isUnbounded,
  reachOfEntry,
  sentenceOf,
} from '@fedbridge/trust';
import { leftOut } from './bounds.ts';
import { Html, html } from './html.ts';

/** Kinds of rows, the worst first; roles for services alone and those that nobody can use are hidden until somebody asks for them. */
const kinds = [
  { id: 'anybody', label: 'Anybody', colour: 'bad', isShown: true },
  { id: 'unknown', label: 'Not known', colour: 'middling', isShown: true },
  { id: 'others', label: 'Others by name', colour: 'middling', isShown: true },
  { id: 'mine', label: 'Only ours', colour: 'good', isShown: true },
  { id: 'services', label: 'Services of AWS alone', colour: 'soft', isShown: false },
  { id: 'nobody', label: 'Nobody', colour: 'soft', isShown: false },
] as const;

type Kind = (typeof kinds)[number];

const checked = new Html(' checked');

/** Rows: a browser shows so many in a second, and the worst are among them. */
const most = 5_000;

/** Who is allowed by what, and what that is worth: a table, the worst first. */
export function entriesSection(entries: readonly AuditEntry[]): Html {
  const rows = entries.map((entry) => ({ entry, kind: kindOf(entry) }));
  const boxes = kinds.map(({ id, label, isShown }) => {
    const count = rows.filter(({ kind }) => kind.id === id).length;
    return html`<li><label><input type="checkbox" id="show-${id}"${isShown ? checked : ''}> ${label} (${count})</label></li>
`;
  });
  return html`<section id="entries">
<h2 id="entries-title">Who is allowed</h2>
<fieldset><legend>Show</legend><ul>
${boxes}</ul></fieldset>
<div class="scroll" role="region" aria-labelledby="entries-title" tabindex="0">
<table>
<caption>Roles and identities, the worst first: by who is allowed, then by what that is worth. ${leftOut(rows.length - most, 'roles and identities, those that allow least')}</caption>
<thead><tr><th scope="col">Role or identity</th><th scope="col">Access</th><th scope="col">Who is allowed</th><th scope="col">Where it stands</th></tr></thead>
<tbody>
${rows.slice(0, most).map(({ entry, kind }) => rowOf(entry, kind))}</tbody>
</table>
</div>
</section>`;
}

function rowOf(entry: AuditEntry, kind: Kind): Html {
  const { file, document, access, admitted, error } = entry;
  const { line, column } = document.positionOf([]);
  const example = exampleOf(entry);
  const whom = error ? `Not known, anybody at most: ${error.message}` : sentenceOf(admitted);
  return html`<tr class="is-${kind.id}"><th scope="row"><code>${document.address || file}</code></th><td class="${accessColours[access]}">${access}</td><td class="what"><span class="${kind.colour}">${whom}</span>${
    example === undefined ? '' : html` <span class="example">for example <code>${example}</code></span>`
  }</td><td class="place"><code>${file}:${line}:${column}</code></td></tr>
`;
}

const accessColours = { admin: 'bad', write: 'middling', unknown: 'middling', read: 'good', nothing: 'soft' } as const;

function kindOf(entry: AuditEntry): Kind {
  const id = idOf(entry);
  return kinds.find((one) => one.id === id) ?? kinds[1];
}

function idOf(entry: AuditEntry): Kind['id'] {
  const reach = reachOfEntry(entry);
  if (reach === undefined) return 'unknown';
  if (isUnbounded(reach)) return 'anybody';
  if (reach === 'named others') return 'others';
  if (reach === 'nobody') return 'nobody';
  return isForServicesAlone(entry) ? 'services' : 'mine';
}
