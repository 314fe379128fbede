/**
 * What the agent's library reads as it loads, unless the job has set it: debug lines are printed only where system.debug is on. Elsewhere
 * the agent would drop them one by one.
 */
process.env.DISTRIBUTEDTASK_TASKS_NODE_SKIPDEBUGLOGSWHENDEBUGMODEOFF ??= 'true';
