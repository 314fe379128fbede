/**
 * The agent's library, bundled on its own without what runs programs and finds files: nothing here calls that, and CommonJS would
 * load it at every start.
 */
import tasks from 'azure-pipelines-task-lib/task.js';

export { tasks };
