/**
 * The agent's library, bundled on its own without what runs programs and finds files: nothing here calls that, and CommonJS would
 * load it at every start. A variable of the agent's has it print debug lines only where system.debug is on: elsewhere the agent drops
 * them one by one.
 */
import { Writable } from 'node:stream';
import tasks from 'azure-pipelines-task-lib/task.js';

export { tasks };

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

/** What the library reads, without its debug line of it: that would show an input before what it holds is masked. */
export function readQuietly<T>(read: () => T): T {
  tasks.setStdStream(nowhere);
  try {
    return read();
  } finally {
    tasks.setStdStream(process.stdout);
  }
}
