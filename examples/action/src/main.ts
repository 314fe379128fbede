import * as core from '@actions/core';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsCredentials, FedbridgeError, jobIdentity } from '@fedbridge/workload-identity';

try {
  const region = core.getInput('region', { required: true });
  const stsEndpoint = core.getInput('sts-endpoint') || undefined;
  const job = jobIdentity({ log: core.info });
  const credentials = awsCredentials(job, {
    roleToAssume: core.getInput('role', { required: true }),
    region,
    stsEndpoint,
  });

  // Any client of the AWS SDK: it asks for new credentials before these expire.
  const sts = new STSClient({ region, credentials, ...(stsEndpoint ? { endpoint: stsEndpoint } : {}) });
  const { Arn } = await sts.send(new GetCallerIdentityCommand());
  core.setOutput('arn', Arn);
} catch (error) {
  if (!(error instanceof FedbridgeError)) throw error;
  // Of a denial, what was presented and the trust policy that would allow it.
  const { presented, document } = error.detail;
  if (presented) core.info(`issuer ${presented.issuer}\nsubject ${presented.subject}\naudience ${presented.audience}`);
  if (document) core.info(document);
  core.setFailed(`${error.message} [${error.code}]`);
}
