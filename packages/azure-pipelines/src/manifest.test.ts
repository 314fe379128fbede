import { type AnyStep, defineCheck, defineStep } from '@fedbridge/step';
import { describe, expect, it } from 'vitest';
import { taskManifest } from './manifest.ts';

const step = defineStep({
  name: 'it',
  task: { name: 'It', id: '0' },
  title: 'It',
  description: 'Does it.',
  serviceConnection: 'required',
  inputs: {
    late: { type: 'text', label: 'Late', group: 'checks', description: 'Checked.' },
    kind: { type: 'choice', label: 'Kind', required: true, options: ['one', 'other', 'third'], description: 'Which.' },
    address: {
      type: 'text',
      label: 'Address',
      usedWith: { input: 'kind', values: ['one', 'other'], required: true },
      description: 'Where, with {kind}.',
      on: { github: 'Not in any task.json.', 'azure-pipelines': 'For agents.' },
    },
    early: { type: 'boolean', label: 'Early', group: 'session', default: true, description: 'Soon.' },
    elsewhere: { type: 'text', label: 'Elsewhere', only: 'github', description: 'Never here.' },
    ours: { type: 'text', label: 'Ours', connection: 'FedbridgeIt', description: 'A connection.' },
  },
  outputs: {},
  run: async () => ({ identities: [], exported: [] }),
});

const { inputs, groups, ...manifest } = taskManifest(
  step as unknown as AnyStep,
  '1.2.3',
  'https://docs.example.com/it',
);
const input = (name: string) => inputs.find((one) => one.name === name);

describe('taskManifest', () => {
  it("has the extension's own connection first, then who speaks, what is in no group, and the groups in their order", () => {
    const own = ['ours', 'connectedServiceNameARM', 'kind', 'address', 'early'];
    expect(inputs.map(({ name }) => name).slice(0, own.length)).toEqual(own);
    const inGroups = inputs.flatMap((one) => ('groupName' in one ? [one.groupName] : []));
    expect([...new Set(inGroups)]).toEqual(groups.map(({ name }) => name));
    expect(groups[0]).toEqual({ name: 'session', displayName: 'Role session', isExpanded: false });
  });

  it('shows an input with what gives it a use, and requires it there', () => {
    expect(input('address')).toMatchObject({ required: true, visibleRule: 'kind = one || kind = other' });
    expect(input('kind')).not.toHaveProperty('visibleRule');
  });

  it('describes for agents, and offers no platform but this', () => {
    expect(input('address')?.helpMarkDown).toBe('Where, with kind. For agents.');
    expect(input('elsewhere')).toBeUndefined();
    expect(input('identity')).toMatchObject({ options: expect.not.objectContaining({ github: expect.anything() }) });
    expect(input('identity')).toMatchObject({ options: { 'azure-pipelines': 'azure-pipelines', auto: 'auto' } });
  });

  it('leads to its page', () => {
    expect(manifest).toMatchObject({
      version: { Major: 1, Minor: 2, Patch: 3 },
      helpUrl: 'https://docs.example.com/it',
      helpMarkDown: '[Inputs, outputs and examples](https://docs.example.com/it)',
    });
  });

  it('asks for no connection where nobody speaks', () => {
    const check = defineCheck({
      name: 'look',
      task: { name: 'Look', id: '1' },
      title: 'Look',
      description: 'Looks.',
      inputs: {},
      outputs: {},
      run: async () => ({ report: '', summary: '' }) as never,
    });
    const names = taskManifest(check as unknown as AnyStep, '1.0.0', 'https://docs.example.com/look').inputs.map(
      ({ name }) => name,
    );
    expect(names).not.toContain('connectedServiceNameARM');
  });
});
