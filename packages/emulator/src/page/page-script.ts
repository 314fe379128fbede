/** What runs in the page. Markup of requests comes from the emulator, with all text of others as text. */
export const script = `
const at = (id) => document.getElementById(id);
const list = at('list');
const most = 500;
const events = new EventSource('/events');
const say = (message) => { at('notice').textContent = message; };
events.addEventListener('request', ({ data, lastEventId }) => {
  const { markup, news } = JSON.parse(data);
  const template = document.createElement('template');
  template.innerHTML = markup;
  list.prepend(template.content);
  while (list.children.length > most) list.lastChild.remove();
  at('nothing').hidden = true;
  if (news) at('news').textContent = news;
});
events.addEventListener('open', () => { list.replaceChildren(); say(''); });
events.addEventListener('error', () => say('The emulator does not answer.'));
events.addEventListener('notice', ({ data }) => say(JSON.parse(data)));
events.addEventListener('reload', () => location.reload());
const post = async (path, body) => {
  const headers = { 'content-type': 'application/json', 'x-fedbridge-emulator': 'page' };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const result = await answer.json();
  say(answer.ok ? '' : result.message);
  return answer.ok ? result : undefined;
};
const asked = () => {
  const form = new FormData(at('play'));
  const changes = form.get('changes').split(/\\s+/).filter(Boolean).map((one) => {
    const sign = one.indexOf('=');
    return sign < 0 ? [one, ''] : [one.slice(0, sign), one.slice(sign + 1)];
  });
  return { job: form.get('job'), wanted: form.get('wanted'), changes };
};
at('play').addEventListener('submit', (event) => { event.preventDefault(); post('/exchanges', asked()); });
at('variables').addEventListener('click', async () => {
  const { job, changes } = asked();
  const result = await post('/jobs', { job, changes });
  if (!result) return;
  const quoted = (value) => "'" + value.replaceAll("'", "'\\\\''") + "'";
  at('shell').textContent = Object.entries(result.environment).map(([name, value]) => 'export ' + name + '=' + quoted(value)).join('\\n');
  at('shell').hidden = false;
  at('shell').focus();
});
list.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.tagName !== 'SUMMARY') return;
  const all = [...list.querySelectorAll('summary')].filter((one) => one.checkVisibility());
  const next = all[all.indexOf(event.target) + step];
  if (next) { event.preventDefault(); next.focus(); }
});
`;
