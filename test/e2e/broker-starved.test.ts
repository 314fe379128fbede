import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../harness/job.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { sharedSetup } from '../harness/setup.ts';

const nobody = { uid: 65534, gid: 65534 };
const cannot =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['-e', '0'], nobody).status === 0
    ? undefined
    : 'needs root, and a Node that others can run';
const title = 'a broker whose port another user of the machine fills';

/** More connections than a broker ever held, each opened anew when it is closed. Prints a line once all have been open. */
const attack = `
  const { connect } = require('node:net');
  let open = 0;
  const one = (words) => {
    const socket = connect(Number(process.argv[1]), '127.0.0.1', () => {
      socket.write(words);
      if (++open === 900) console.log('all were open');
    });
    socket.on('error', () => {}).on('data', () => {}).on('close', () => setTimeout(one, 100, words));
  };
  for (let n = 0; n < 900; n += 1) one(['', 'GET / HTTP/1.1\\r\\n', 'GET /aws/x HTTP/1.1\\r\\nhost: 127.0.0.1:' + process.argv[1] + '\\r\\n\\r\\n'][n % 3]);
`;

describe.skipIf(cannot)(cannot ? `${title} (${cannot})` : title, () => {
  let emulator: Emulator;
  let step: Step;
  let url = '';
  let authorization = '';

  beforeAll(async () => {
    emulator = await startEmulator({ setup: sharedSetup });
    const [journey] = mainJourneys;
    if (!journey) throw new Error('no journey');
    step = journey.start(emulator, { inputs: input(journey, 'keep-fresh', 'true') });
    const { exported, error } = await step.run();
    if (error) throw new Error(error);
    url = exported.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
    authorization = readFileSync(exported.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '', 'utf8');
  });

  afterAll(async () => {
    await step.cleanUp();
    await emulator.close();
  });

  const ask = (agent: Agent): Promise<string> =>
    new Promise((resolve) => {
      const request = get(url, { agent, headers: { authorization } }, (response) => {
        response.resume().on('end', () => resolve(`${response.statusCode}${request.reusedSocket ? ', same' : ''}`));
      }).on('error', (error) => {
        // One that was idle may be closed for its age while it is asked, as every client knows.
        resolve(request.reusedSocket ? ask(agent) : error.message);
      });
    });

  it('serves whoever has the secret, on new connections and on those that it has', async () => {
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(kept)).toBe('200');
    const attacker = spawn(process.execPath, ['-e', attack, new URL(url).port], {
      ...nobody,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(attacker.stdout, 'data');
    const [onNew, onKept]: [string[], string[]] = [[], []];
    for (let n = 0; n < 10; n += 1) {
      onNew.push(await ask(new Agent()));
      onKept.push(await ask(kept));
    }
    attacker.kill('SIGKILL');
    kept.destroy();
    expect([...new Set(onNew)]).toEqual(['200']);
    expect([...new Set(onKept)]).toContain('200, same');
    expect(onKept.filter((answer) => !answer.startsWith('200'))).toEqual([]);
  });
});
