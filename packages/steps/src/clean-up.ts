/** The clean-ups of steps, apart from the steps: what runs at a job's end loads no more than it needs. */
export { removeDeliveredProfiles as cleanUpAwsCredentials } from './aws/profiles.ts';
export { logOut as cleanUpEntraToken } from './entra/log-out.ts';
