/** Of the page: light and dark, narrow and wide. */
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
  --green: light-dark(#1c6b3a, #7fcf9b);
  font: 14px/1.5 system-ui, sans-serif;
  background: var(--ground);
  color: var(--text);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 20px; overflow-wrap: anywhere; }
h1 { font-size: 22px; margin: 0; }
h2 { font-size: 17px; margin: 28px 0 8px; }
p { margin: 4px 0; }
.soft, .service, time { color: var(--soft); }
code, pre { font: 12.5px ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; overflow: auto; white-space: pre-wrap; max-height: 24em; }
form, fieldset { min-width: 0; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: end; border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; margin: 0; }
form label { display: grid; grid-template-columns: minmax(0, auto); color: var(--soft); min-width: 0; max-width: 100%; }
legend { color: var(--soft); }
select, input, button { font: inherit; color: var(--text); background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: 4px 8px; max-width: 100%; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
ol { list-style: none; margin: 8px 0; padding: 0; }
#list > li { border: 1px solid var(--line); border-radius: 6px; background: var(--raised); margin: 6px 0; padding: 6px 12px; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.is-denied .verdict, .said { color: var(--red); }
.is-allowed .verdict { color: var(--green); }
.is-denied { border-inline-start: 4px solid var(--red) !important; }
.is-allowed { border-inline-start: 4px solid var(--green) !important; }
table { border-collapse: collapse; margin: 8px 0; width: 100%; }
caption { text-align: start; color: var(--soft); }
th, td { text-align: start; vertical-align: top; font-weight: 400; padding: 2px 12px 2px 0; border-top: 1px solid var(--line); }
th { white-space: nowrap; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; }
dt { color: var(--soft); }
dd { margin: 0; }
.out-of-sight { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
main:has(#show-requests:not(:checked)) .request,
main:has(#show-allowed:not(:checked)) .is-allowed,
main:has(#show-denied:not(:checked)) .is-denied { display: none; }
@media (max-width: 600px) { body { padding: 12px; } th { white-space: normal; overflow-wrap: anywhere; } }
`;
