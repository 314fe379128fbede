import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

/** Where GitHub Pages serves the site of this repository. */
export const base = '/fedbridge/';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** Serves a built site as GitHub Pages does: a page by its address without `.html`. */
export async function serveSite(folder: string): Promise<{ readonly url: string } & Disposable> {
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url ?? '', 'http://site');
    const file = fileOf(folder, pathname);
    answer.writeHead(file === undefined ? 404 : 200, { 'content-type': types[extname(file ?? '404.html')] ?? '' });
    answer.end(readFileSync(file ?? join(folder, '404.html')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}${base}`, [Symbol.dispose]: () => void server.close() };
}

/** The file of a built site that stands at a path, if there is one. */
export function fileOf(folder: string, pathname: string): string | undefined {
  if (!pathname.startsWith(base)) return undefined;
  const path = decodeURI(pathname.slice(base.length));
  const candidates = path === '' || path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`];
  return candidates.map((one) => join(folder, one)).find((one) => existsSync(one) && extname(one) !== '');
}
