const text = { type: 'string' } as const;
const version = { type: 'integer', minimum: 0 } as const;

const closed = <const P extends object>(properties: P, required: readonly (keyof P & string)[] = []) =>
  ({ type: 'object', additionalProperties: false, properties, required }) as const;

const handler = { Node24: closed({ target: text }, ['target']), Node20_1: closed({ target: text }, ['target']) };

/** What the published schema of `task.json` (microsoft/azure-pipelines-task-lib, `tasks.schema.json`) says of what we use. */
export const taskSchema = closed(
  {
    $schema: text,
    id: { type: 'string', pattern: '^[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$' },
    name: { type: 'string', pattern: '^[A-Za-z0-9-]+$' },
    friendlyName: { type: 'string', maxLength: 40 },
    description: text,
    helpUrl: text,
    helpMarkDown: text,
    author: text,
    category: {
      enum: [
        'Build',
        'Utility',
        'Test',
        'Package',
        'Deploy',
        'Azure Repos',
        'Azure Boards',
        'Azure Pipelines',
        'Azure Test Plans',
        'Azure Artifacts',
      ],
    },
    visibility: { type: 'array', items: { enum: ['Build', 'Release'] } },
    version: closed({ Major: version, Minor: version, Patch: version }, ['Major', 'Minor', 'Patch']),
    minimumAgentVersion: { type: 'string', pattern: '^\\d+\\.\\d+(\\.\\d+)?$' },
    instanceNameFormat: text,
    groups: {
      type: 'array',
      items: closed({ name: text, displayName: text, isExpanded: { type: 'boolean' }, visibleRule: text }, [
        'name',
        'displayName',
      ]),
    },
    inputs: {
      type: 'array',
      items: closed(
        {
          name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]*$' },
          aliases: { type: 'array', items: text },
          label: text,
          type: {
            anyOf: [
              { enum: ['boolean', 'filePath', 'multiLine', 'pickList', 'radio', 'secureFile', 'string'] },
              { type: 'string', pattern: '^connectedService:.+$' },
            ],
          },
          defaultValue: { type: ['string', 'boolean'] },
          required: { type: 'boolean' },
          helpMarkDown: text,
          groupName: text,
          visibleRule: text,
          options: { type: 'object' },
          properties: { type: 'object', properties: { EditableOptions: { enum: ['True', 'False'] } } },
        },
        ['name', 'label', 'type'],
      ),
    },
    OutputVariables: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]*$' }, description: text },
      },
    },
    execution: closed(handler),
    postjobexecution: closed(handler),
  },
  [
    'id',
    'name',
    'friendlyName',
    'description',
    'author',
    'category',
    'version',
    'instanceNameFormat',
    'inputs',
    'execution',
  ],
);
