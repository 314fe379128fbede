import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry of npm on loopback, with one package in it: what is typed is what a user types. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

/** Serves a package. Source: npm, "Package Metadata". @param tarball - as `npm pack` made it */
export async function startRegistry(tarball: string): Promise<Registry> {
  const bytes = readFileSync(tarball);
  const manifest = JSON.parse(
    execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }),
  ) as { readonly name: string; readonly version: string };
  const { name, version } = manifest;
  const asked: string[] = [];
  const server = createServer(({ url = '', headers }, answer) => {
    asked.push(url);
    if (url === `/${name}.tgz`) return void answer.end(bytes);
    if (url !== `/${name}`) return void answer.writeHead(404).end('{}');
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const dist = { tarball: `http://${headers.host}/${name}.tgz`, integrity };
    answer.setHeader('content-type', 'application/json');
    answer.end(
      JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
