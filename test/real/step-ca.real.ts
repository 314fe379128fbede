import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { SuiteIssuers } from '@fedbridge/conformance';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../harness/findings.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { subjects } from '../harness/setup.ts';
import { tryCases } from '../harness/try-cases.ts';
import { buildStepCa, type StepCa, startStepCa } from './step-ca.ts';

const missing = await buildStepCa();

/** Written by step-ca, with `-u`; docs/conformance-suite.md tells of it. */
const findings = './findings/step-ca.txt';

describe.skipIf(missing !== undefined)(`step-ca${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('decides so of CI identities', async () => {
    await using issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
    await using open = new AsyncDisposableStack();
    const report = await tryCases('step-ca', issuers, {
      setUp: async (configuration) => open.use(await trustedStepCa(configuration)).url,
    });
    await expect(findingsOf(report)).toMatchFileSnapshot(findings);
  });

  it('gives a job of GitHub Actions a certificate by its ID token, and none for another audience', async () => {
    const audience = 'https://ca.example.com';
    const emulator = await startEmulator({ setup: {} });
    const issuer = emulator.issuers.gitHub;
    const configurationEndpoint = `${issuer}/.well-known/openid-configuration`;
    const provisioner = { type: 'OIDC', name: 'github', clientID: audience, clientSecret: '', configurationEndpoint };
    await using stepCa = await trustedStepCa({ authority: { provisioners: [provisioner] } });
    const { environment } = emulator.startGitHubJob();
    const signed = async (inputs: { readonly audience: string }) => {
      const { error, outputs } = await gitHubStep({ name: 'id-token', inputs, environment }).run();
      expect(error).toBeUndefined();
      return signFor(stepCa, outputs['id-token'] ?? '');
    };
    const { status, body } = await signed({ audience });
    expect(status).toBe(201);
    const { subject, subjectAltName, ca } = new X509Certificate(body.crt ?? '');
    expect({ subject, ca }).toEqual({ subject: `CN=${subjects.gitHub}`, ca: false });
    expect(decodeURIComponent(subjectAltName ?? '')).toBe(`URI:${issuer}#${subjects.gitHub}`);
    expect(await signed({ audience: 'https://other.example.com' })).toMatchObject({
      status: 401,
      body: { message: expect.stringContaining('authorization') },
    });
    await emulator.close();
  });
});

/** One that this process trusts from now on. */
async function trustedStepCa(setUp: object): Promise<StepCa> {
  const stepCa = await startStepCa(mkdtempSync(join(tmpdir(), 'real-')), setUp);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), stepCa.root]);
  return stepCa;
}

interface Signed {
  readonly status: number;
  readonly body: { readonly crt?: string; readonly message?: string };
}

async function signFor({ url }: StepCa, token: string): Promise<Signed> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  const csr = execFileSync('openssl', ['req', '-new', ...key, '-subj', '/'], { encoding: 'utf8', stdio: 'pipe' });
  const answer = await fetch(`${url}/1.0/sign`, { method: 'POST', body: JSON.stringify({ csr, ott: token }) });
  return { status: answer.status, body: (await answer.json()) as Signed['body'] };
}
