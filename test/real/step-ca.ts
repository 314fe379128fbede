import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineEnvironment } from '../harness/process.ts';
import { freePorts, ServerProcess } from '../harness/server-process.ts';
import { build, pathOf } from './programs.ts';

/** Builds it, if it is not there yet. @returns why it cannot be had, or no certificate made for it: nothing where all is there */
export async function buildStepCa(): Promise<string | undefined> {
  const { error } = spawnSync('openssl', ['version']);
  return error ? 'there is no "openssl" on the path' : build('step-ca');
}

/** smallstep's CA on loopback, whose keys go with it. */
export interface StepCa extends AsyncDisposable {
  readonly url: string;
  /** Its root, PEM, which signed the certificate that it serves with. */
  readonly root: string;
}

/**
 * @param folder - for what it stores; removed by whoever made it
 * @param setUp - of its configuration, with its provisioners, whose issuers must be there when it starts
 */
export async function startStepCa(folder: string, setUp: object): Promise<StepCa> {
  const path = (name: string) => join(folder, `step-ca-${name}`);
  const subject = ['-subj', '/CN=CA of this test', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path('key.pem')];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', path('root.pem')], { stdio: 'pipe' });
  const [port = 0] = await freePorts(1);
  // Its root signs by itself: nobody asks for an intermediate.
  const own = { root: path('root.pem'), crt: path('root.pem'), key: path('key.pem') };
  const config = { ...own, address: `127.0.0.1:${port}`, dnsNames: ['127.0.0.1'], ...setUp };
  writeFileSync(path('config.json'), JSON.stringify(config));
  const server = new ServerProcess(
    pathOf('step-ca'),
    [path('config.json')],
    { ...machineEnvironment(folder), STEPPATH: path('home') },
    path('log'),
  );
  await server.until(() => server.said.includes('Serving HTTPS'));
  return {
    url: `https://127.0.0.1:${port}`,
    root: readFileSync(path('root.pem'), 'utf8'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
