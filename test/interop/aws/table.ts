import { platforms } from './cells.ts';
import { clients } from './clients.ts';
import { type Delivery, deliveries } from './deliveries.ts';
import { type Limit, limits } from './limits.ts';
import { machines } from './machines.ts';

const start = '<!-- Written from test/interop/aws; `vitest run test/interop/aws/table.test.ts -u` writes it anew. -->';
const end = '<!-- Until here. -->';

/** A page with the tables of clients, deliveries and platforms as they are now. @throws Error where the page has no place for them */
export function withTables(page: string): string {
  const [before, rest] = page.split(start);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) throw new Error(`no "${start}" with "${end}" after it`);
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');
  const notes = limits.map(({ note }, index) => `${index + 1}. ${note}`).join('\n');
  const parts = [
    ...platforms.flatMap(({ platform }) => [`### ${platform}`, tableOf(platform)]),
    ...(notes === '' ? [] : [notes]),
    'Each on these machines:',
    list(machines.map(({ title }) => title)),
  ];
  return `${before}${start}\n\n${parts.join('\n\n')}\n\n${end}${after}`;
}

function tableOf(platform: (typeof platforms)[number]['platform']): string {
  const rows = clients.map(({ title }) => [title, ...deliveries.map((delivery) => cell(title, delivery, platform))]);
  const header = ['client', ...deliveries.map(({ title }) => title)];
  const absent = deliveries.flatMap(({ title, absent: why }) =>
    why?.[platform] === undefined ? [] : [`n/a, ${title}: ${why[platform]}.`],
  );
  return [markdown([header, ...rows]), ...absent].join('\n\n');
}

function cell(client: string, delivery: Delivery, platform: (typeof platforms)[number]['platform']): string {
  if (delivery.absent?.[platform] !== undefined) return 'n/a';
  const places = machines.flatMap(({ title: machine }) =>
    delivery.uses.map(({ role }) => ({ client, delivery: delivery.title, platform, machine, role })),
  );
  const numbers = (among: typeof places) =>
    limits
      .flatMap((limit: Limit, index) => (among.some((place) => limit.applies(place)) ? [index + 1] : []))
      .join(', ');
  const always = numbers(places.filter(({ machine }) => machine === machines[0]?.title));
  if (always !== '') return `no, note ${always}`;
  const some = numbers(places);
  return some === '' ? 'works' : `works, note ${some}`;
}

function markdown(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [header = [], ...others] = rows;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}
