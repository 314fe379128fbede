import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { clients, type World } from '../../packages/steps/src/aws/clients.model.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { namedRoles, sharedSetup } from '../harness/setup.ts';

const roles = Object.entries(namedRoles)
  .map(([name, arn]) => `${name} = ${arn}`)
  .join('\n');
const deliveries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'keys in a profile': { roles },
  'a program in a profile': { roles, 'keep-fresh': 'true' },
  'a program in a profile of the user': { 'aws-profile': 'plan', 'keep-fresh': 'true' },
};
const folders = [
  ...['a b', 'a #b', 'a ;b', "semi;colon#x it's", `quo"te 'q'`, '"q q"', 'do$HOME', 'do\u0024{HOME}x', 'a$'],
  ...['naïve 工 (a) & [b] = c', 'tick`id` back\\slash %TEMP% ~', 'line\nbreak', 'tab\there'],
];

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
  describe.each(Object.entries(deliveries))('%s', (title, inputs) => {
    it.concurrent.each(folders)(
      'in a temp folder %j, every client finds it, or the step names the folder',
      async (name) => {
        await using emulator = await startEmulator({ setup: sharedSetup });
        const given = Object.entries(inputs).map(([key, value]) => input(journey, key, value));
        const step = journey.start(emulator, { inputs: Object.assign({}, ...given), temp: `${name}-` });
        const run = await step.run();
        const isFound = title !== 'keys in a profile' || !/\$[\w{]/.test(name);
        if (run.error !== undefined) {
          expect(run.error).toContain('[DELIVERY_FAILED]');
          expect(run.error.replace(/\s/g, '')).toContain(step.tempDirectory.replace(/\s/g, ''));
          expect({ ...run.outputs, ...run.exported }).toEqual({});
          expect(step.files()).toEqual([]);
          // What a client reads as it is meant is no reason to fail.
          expect(name).toMatch(title === 'keys in a profile' ? /\$[\w{]/ : /\$[\w{]|\s[#;]|\n|\t/);
          return;
        }
        expect(isFound).toBe(true);
        const { AWS_SHARED_CREDENTIALS_FILE: credentials = '', AWS_CONFIG_FILE: config = '' } = run.exported;
        const home = step.home;
        const world: World = {
          environment: { HOME: home, ...run.exported, AWS_PROFILE: 'plan', AWS_SDK_LOAD_CONFIG: '1' },
          files: new Map([credentials, config].map((path) => [path, readFileSync(path, 'utf8')])),
          home,
        };
        const taken = new Set(Object.values(clients).map((client) => client(world)));
        expect(taken.size).toBe(1);
        const [found = ''] = taken;
        if (inputs['keep-fresh'] === undefined) expect(found).toMatch(/^ASIA/);
        else {
          // As SDKs do; botocore splits it into words by the same rules.
          const { stdout } = await promisify(execFile)('/bin/sh', ['-c', found], { cwd: '/' });
          expect(JSON.parse(stdout)).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) });
        }
        await step.cleanUp();
      },
    );
  });
});
