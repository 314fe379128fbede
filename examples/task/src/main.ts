import { setTimeout } from 'node:timers/promises';
import { entraCredential, FedbridgeError, jobIdentity } from '@fedbridge/workload-identity';
import tl from 'azure-pipelines-task-lib/task.js';

try {
  // The name of the input is yours. Client and tenant come from the connection that users name in it.
  const job = jobIdentity({ taskLib: tl, connectionInput: 'cloudConnection' });
  const credential = entraCredential(job, { authorityHost: tl.getInput('authorityHost') });

  const scope = tl.getInputRequired('scope');
  const [attempts, seconds] = [Number(tl.getInput('attempts')), Number(tl.getInput('seconds'))];
  const answers = async () => {
    // The token that there is, or a new one where that expires soon.
    const { token } = await credential.getToken(scope);
    const response = await fetch(tl.getInputRequired('url'), { headers: { authorization: `Bearer ${token}` } });
    return response.ok;
  };
  let attempt = 1;
  while (!(await answers())) {
    if (attempt === attempts) throw new Error(`The API did not answer in ${attempts} attempts.`);
    attempt += 1;
    await setTimeout(seconds * 1000);
  }
  tl.setVariable('attemptsTaken', `${attempt}`, false, true);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // Of a denial, what was presented and the federated credential that would allow it.
  const { presented, document } = error instanceof FedbridgeError ? error.detail : {};
  if (presented)
    console.log(`issuer ${presented.issuer}\nsubject ${presented.subject}\naudience ${presented.audience}`);
  if (document) console.log(document);
  tl.setResult(tl.TaskResult.Failed, error.message);
}
