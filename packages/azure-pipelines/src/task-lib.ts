/**
 * The agent's library, bundled on its own without what runs programs and finds files: nothing here calls that, and CommonJS would
 * load it at every start. A variable of the agent's has it print debug lines only where system.debug is on: elsewhere the agent drops
 * them one by one.
 */
import tasks from 'azure-pipelines-task-lib/task.js';

export { tasks };
