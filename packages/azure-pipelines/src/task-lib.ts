import './fewer-debug-lines.ts';
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
