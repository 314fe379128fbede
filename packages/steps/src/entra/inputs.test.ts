import type { InputDefinition } from '@fedbridge/step';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { entraInputs } from './inputs.ts';

const all: [string, InputDefinition][] = Object.entries(entraInputs);
const given = (inputs: Readonly<Record<string, string>>) => readInputs(entraInputs, hostWith(inputs));

describe('the inputs of an Entra token', () => {
  it('that say what is delivered, as whom or to where, are all but for these', () => {
    const others = all.filter(([, { guards, decides }]) => !guards && !decides);
    expect(others.map(([name]) => name)).toEqual(['allowNoSubscriptions', 'keepFresh', 'keepFreshMax']);
  });

  it('that nobody gave ask for one token of Azure Resource Manager, and export nothing', () => {
    const defaults = Object.entries(given({})).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(defaults)).toEqual({
      allowNoSubscriptions: false,
      resource: [{ name: 'arm', resource: { known: 'arm' } }],
      keepFresh: false,
      keepFreshMax: 24,
    });
  });

  it.each(['AzureUSGovernment', 'azureusgovernment'])('name a cloud as the tools write it: %s', (environment) => {
    expect(given({ environment }).environment).toBe('azureusgovernment');
  });

  it('send tokens to HTTPS, or to this machine', () => {
    expect(() => given({ authorityHost: 'http://login.example.com' })).toThrow(
      expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED', message: expect.stringContaining('"authorityHost"') }),
    );
  });

  it.each([
    ['keepFreshMax', '0'],
    ['keepFreshMax', '169'],
    ['clientId', 'my-app'],
    ['tenantId', 'contoso'],
    ['subscriptionId', 'Production'],
    ['export', 'azure-sdk, gcloud'],
    ['environment', 'AzureGermanCloud'],
  ])('%s is not %s', (name, value) => {
    expect(() => given({ [name]: value })).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringContaining(`Input "${name}" is "${value}"`),
      }),
    );
  });

  it.each(all)('%s is described in sentences', (_name, { description, label }) => {
    expect(description).toMatch(/^[A-Z][\s\S]*\.$/);
    expect(label).toMatch(/^[A-Z]/);
  });
});
