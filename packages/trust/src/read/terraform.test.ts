import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { byIdentity, terraformParts } from './terraform.ts';
import type { Part } from './trust-document.ts';

const part = (value: unknown): Part => ({
  source: JsonDocument.parse(JSON.stringify(value)),
  path: [],
  value,
  isTemplate: false,
});
const parts = (value: unknown) => terraformParts(part(value))?.parts;
const seen = (value: unknown) => parts(value)?.map(({ address, path, value }) => ({ address, path, value }));

const role = (address: string, values: object) => ({ address, type: 'aws_iam_role', name: 'x', values });

// Terraform, "JSON Output Format".
describe('terraformParts', () => {
  it.each([
    ['nothing', null],
    ['a list', []],
    ['a policy', { Version: '2012-10-17', Statement: [] }],
    ['a version that is no text', { format_version: 1, values: {} }],
    ['a state of another version', { version: 3, terraform_version: '0.11.0', resources: [] }],
    ['what has a version and no Terraform', { version: 4, resources: [] }],
    ['a state without resources', { version: 4, terraform_version: '1.9.0' }],
  ])('%s is neither plan nor state', (_what, value) => expect(parts(value)).toBeUndefined());

  it('takes what is planned, in modules too, and nothing of what was before', () => {
    const module = (name: string) => ({ resources: [role(`module.${name}.aws_iam_role.b`, { name: 'b' })] });
    const plan = {
      format_version: '1.2',
      planned_values: {
        root_module: { resources: [role('aws_iam_role.a', { name: 'a' })], child_modules: [module('m')] },
      },
      prior_state: { values: { root_module: { resources: [role('aws_iam_role.old', { name: 'old' })] } } },
    };
    expect(seen(plan)).toEqual([
      {
        address: 'aws_iam_role.a',
        path: ['planned_values', 'root_module', 'resources', 0, 'values'],
        value: { name: 'a' },
      },
      {
        address: 'module.m.aws_iam_role.b',
        path: ['planned_values', 'root_module', 'child_modules', 0, 'resources', 0, 'values'],
        value: { name: 'b' },
      },
    ]);
    expect(terraformParts(part(plan))?.taken).toContainEqual(['prior_state', 'values']);
  });

  it('takes the values of a state that terraform shows', () => {
    const shown = {
      format_version: '1.0',
      values: { root_module: { resources: [role('aws_iam_role.a', { name: 'a' })] } },
    };
    expect(seen(shown)).toMatchObject([
      { address: 'aws_iam_role.a', path: ['values', 'root_module', 'resources', 0, 'values'] },
    ]);
  });

  it('says of what is known after apply that it is, where that is of interest', () => {
    const [found, other] =
      parts({
        format_version: '1.2',
        planned_values: {
          root_module: {
            resources: [role('aws_iam_role.a', { name: 'a' }), { address: 'azuread_x.b', values: { issuer: 'i' } }],
          },
        },
        resource_changes: [
          {
            address: 'aws_iam_role.a',
            change: { after_unknown: { assume_role_policy: true, arn: true, name: false } },
          },
          { address: 'azuread_x.b', change: { after_unknown: { audiences: true } } },
        ],
      }) ?? [];
    expect(found).toMatchObject({ isTemplate: true });
    expect(found?.value).toEqual({ name: 'a', assume_role_policy: '⟨known after apply⟩' });
    expect(other?.value).toEqual({ issuer: 'i', audiences: ['⟨known after apply⟩'] });
  });

  // hashicorp/terraform, internal/states/statefile/version4.go.
  it('takes each instance of a state file, by an address with its key, and no policy that is data', () => {
    const instance = (index_key: unknown, name: string) => ({ index_key, attributes: { name } });
    const state = {
      version: 4,
      terraform_version: '1.9.0',
      resources: [
        {
          module: 'module.m',
          mode: 'managed',
          type: 'aws_iam_role',
          name: 'a',
          instances: [instance('x', 'a'), instance(0, 'b')],
        },
        { mode: 'managed', type: 'aws_iam_role', name: 'c', instances: [{ attributes: { name: 'c' } }] },
        { mode: 'data', type: 'aws_iam_policy_document', name: 'd', instances: [{ attributes: { json: '{}' } }] },
        { mode: 'data', type: 'aws_iam_role', name: 'e', instances: [{ attributes: { name: 'e' } }] },
      ],
    };
    expect(parts(state)?.map(({ address }) => address)).toEqual([
      'module.m.aws_iam_role.a["x"]',
      'module.m.aws_iam_role.a[0]',
      'aws_iam_role.c',
      'data.aws_iam_role.e',
    ]);
    expect(terraformParts(part(state))?.taken).toContainEqual(['resources', 2, 'instances', 0, 'attributes']);
  });
});

describe('byIdentity', () => {
  const credential = (name: string, more: object) => {
    const value = { display_name: name, issuer: 'https://i.example.com', subject: name, audiences: ['a'], ...more };
    const documents = ['it', 'a text in it'].map((what) => ({ address: `${what} of ${name}` }));
    return { part: { ...part(value), address: name }, documents: documents as never };
  };

  it('makes one list of the credentials of one application, and leaves the others', () => {
    const documents = byIdentity([
      credential('one', { application_id: '/applications/1' }),
      credential('alone', { user_assigned_identity_id: '/identities/2' }),
      credential('two', { application_id: '/applications/1' }),
      credential('nobody', {}),
    ]);
    expect(documents.map(({ address }) => address)).toEqual([
      ...['one', 'alone', 'two'].map((name) => `a text in it of ${name}`),
      ...['it of nobody', 'a text in it of nobody', '/applications/1', 'alone'],
    ]);
    expect(documents.at(-2)).toMatchObject({ credentials: [{ subject: 'one' }, { subject: 'two' }] });
  });
});
