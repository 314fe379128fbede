/** Of the page: light and dark, narrow and wide, on a screen and on paper. Rows are filtered by check boxes, without a script. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbfa, #131416);
  --raised: light-dark(#ffffff, #1b1d20);
  --line: light-dark(#dcdcd8, #34373c);
  --text: light-dark(#1b1c1e, #e6e6e3);
  --soft: light-dark(#585a5e, #a2a6ac);
  --accent: light-dark(#1f5fae, #82b4f2);
  --red: light-dark(#b3261e, #ff8a80);
  --amber: light-dark(#8a5300, #f0b45a);
  --green: light-dark(#1c6b3a, #7fcf9b);
  font: 14px/1.5 system-ui, sans-serif;
  background: var(--ground);
  color: var(--text);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1480px; padding: 20px; }
h1 { font-size: 22px; font-weight: 650; margin: 0 0 4px; line-height: 1.3; }
h2 { font-size: 17px; font-weight: 600; margin: 36px 0 8px; }
h3 { font-size: 14px; font-weight: 600; margin: 20px 0 4px; }
p { margin: 4px 0; max-width: 90ch; }
.soft { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 12px 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: 12.5px ui-monospace, "SF Mono", "Cascadia Code", "Liberation Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
nav ul, fieldset ul { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 0; padding: 0; }
a { color: var(--accent); }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 6px 12px 8px; }
legend { color: var(--soft); padding: 0 4px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; padding: 8px 12px; color: var(--soft); }
th, td { text-align: start; vertical-align: top; padding: 6px 12px; border-top: 1px solid var(--line); font-weight: 400; min-width: 9ch; }
thead th { font-weight: 600; white-space: nowrap; }
tbody th { overflow-wrap: anywhere; min-width: 24ch; }
.what, .place { overflow-wrap: anywhere; }
.what { min-width: 28ch; }
.example { display: block; color: var(--soft); }
.bad { color: var(--red); font-weight: 600; }
.middling { color: var(--amber); font-weight: 600; }
.good { color: var(--green); }
ol.places { margin: 4px 0; padding-inline-start: 28px; }
ol.places li { overflow-wrap: anywhere; }
main:has(#show-anybody:not(:checked)) .is-anybody,
main:has(#show-others:not(:checked)) .is-others,
main:has(#show-unknown:not(:checked)) .is-unknown,
main:has(#show-mine:not(:checked)) .is-mine,
main:has(#show-services:not(:checked)) .is-services,
main:has(#show-nobody:not(:checked)) .is-nobody,
main:has(#show-error:not(:checked)) .is-error,
main:has(#show-warning:not(:checked)) .is-warning,
main:has(#show-note:not(:checked)) .is-note { display: none; }
@media (max-width: 600px) { body { padding: 12px; } th, td { padding: 5px 8px; } }
@media print {
  :root { color-scheme: light; background: none; font-size: 10pt; }
  body { max-width: none; padding: 0; }
  nav, fieldset { display: none; }
  .scroll { overflow: visible; border: 0; }
  thead { display: table-header-group; }
  tr, li { break-inside: avoid; }
}
`;
