import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { freePorts, ServerProcess } from '../harness/server-process.ts';
import { type Cluster, KubernetesProblem } from './cluster.ts';
import { pathOf, sourcesOf } from './programs.ts';

const operator = { namespace: 'kube-system', name: 'keda-operator' };

/** The subject of KEDA's operator, as the add-on of AKS has it. */
export const kedaSubject = `system:serviceaccount:${operator.namespace}:${operator.name}`;

/** Makes KEDA's kinds known to a cluster, and the service account of its operator. */
export async function installKeda(cluster: Cluster): Promise<void> {
  const definitions = join(await sourcesOf('keda', 'github.com/kedacore/keda/v2'), 'config', 'crd', 'bases');
  for (const file of readdirSync(definitions)) {
    const definition = parse(readFileSync(join(definitions, file), 'utf8'));
    await cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  }
  await cluster.createServiceAccount(operator);
  const scaledJobs = '/apis/keda.sh/v1alpha1/scaledjobs';
  while (!(await cluster.list(scaledJobs).catch(notYet))) await new Promise((resolve) => setTimeout(resolve, 100));
}

function notYet(error: unknown): undefined {
  if (error instanceof KubernetesProblem && [404, 429].includes(error.status)) return undefined;
  throw error;
}

/**
 * Starts KEDA's own operator, beside the cluster, as the workload identity that its pod would have.
 *
 * @param identity - as the add-on is given it
 * @param environment - the proxy and the CA by which it finds the clouds
 */
export async function startKeda(
  cluster: Cluster,
  folder: string,
  identity: { readonly clientId: string; readonly tenantId: string },
  environment: Variables,
): Promise<ServerProcess> {
  const certificates = join(folder, 'keda-certificates');
  mkdirSync(certificates);
  const key = cluster.ca.replace(/crt$/, 'key');
  for (const name of ['ca.crt', 'tls.crt']) copyFileSync(cluster.ca, join(certificates, name));
  copyFileSync(key, join(certificates, 'tls.key'));
  const token = await cluster.tokenOf(operator, 'api://AzureADTokenExchange', 3_600);
  const tokenFile = join(folder, 'keda-token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const ports = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  const options = {
    kubeconfig: cluster.kubeconfig,
    'cert-dir': certificates,
    'ca-dir': certificates,
    'metrics-bind-address': ports[0],
    'health-probe-bind-address': ports[1],
    'metrics-service-bind-address': ports[2],
    'zap-log-level': 'info',
  };
  return new ServerProcess(
    pathOf('keda'),
    Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    {
      ...machineEnvironment(folder),
      ...environment,
      KEDA_CLUSTER_OBJECT_NAMESPACE: operator.namespace,
      POD_NAMESPACE: operator.namespace,
      POD_NAME: operator.name,
      OPERATOR_NAME: operator.name,
      WATCH_NAMESPACE: '',
      AZURE_CLIENT_ID: identity.clientId,
      AZURE_TENANT_ID: identity.tenantId,
      AZURE_FEDERATED_TOKEN_FILE: tokenFile,
      AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/',
    },
    join(folder, 'keda.log'),
  );
}
