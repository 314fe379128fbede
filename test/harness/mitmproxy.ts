import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listening } from './listening.ts';
import { machineEnvironment } from './process.ts';
import { hasPythonServer } from './python-servers.ts';
import { ServerProcess } from './server-process.ts';

const program = 'mitmdump';
export const hasMitmproxy = hasPythonServer(program, '--version');

export interface MitmproxyOptions {
  /** Port of the proxy that it hands on to. */
  readonly behind: number;
  /** A file with the CA of what is behind. */
  readonly behindCa: string;
  /** Further options: `proxyauth=user:password`. */
  readonly set?: readonly string[];
}

/** A mitmproxy on loopback in upstream mode, which opens TLS with certificates of its own CA. */
export async function startMitmproxy({ behind, behindCa, set = [] }: MitmproxyOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'mitmproxy-'));
  const settings = [`confdir=${folder}`, `ssl_verify_upstream_trusted_ca=${behindCa}`, 'flow_detail=1', ...set];
  const { port, server } = await listening((free) => {
    const mode = [
      '--mode',
      `upstream:http://127.0.0.1:${behind}`,
      '--listen-host',
      '127.0.0.1',
      '--listen-port',
      `${free}`,
    ];
    const args = [...mode, ...settings.flatMap((one) => ['--set', one])];
    return new ServerProcess(program, args, machineEnvironment(folder), join(folder, 'said.txt'));
  });
  return {
    port,
    /** The file with its own CA. */
    ca: join(folder, 'mitmproxy-ca-cert.pem'),
    /** What it logs: a line for each request that it opened, and a line for its answer. */
    get said() {
      return server.said;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
