import { FedbridgeError, firstSentence, type Outbound } from '@fedbridge/core';
import { formatKubernetesSubject } from '@fedbridge/issuers';
import { entitlementsUrl, type Organization } from './organization.ts';
import { callRest, type GetAccessToken, listOf, type RestCall } from './rest.ts';

export interface SetupOptions {
  readonly organization: Organization;
  readonly pool: string;
  /** The resource id of the user-assigned managed identity that agents have. */
  readonly managedIdentity: string;
  /** Azure Resource Manager, without a slash at the end. */
  readonly resourceManager: string;
  /** The issuer of the cluster's service account tokens. */
  readonly issuer: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
  readonly license: string;
  readonly allProjects: boolean;
  readonly dryRun: boolean;
}

export interface SetupStep {
  readonly what: string;
  readonly state: 'is there' | 'done' | 'would be done';
  /** What was sent, or would be. */
  readonly request?: RestCall;
}

export interface SetupTokens {
  readonly azureDevOps: GetAccessToken;
  readonly resourceManager: GetAccessToken;
}

interface Identity {
  readonly properties?: { readonly clientId?: string; readonly principalId?: string; readonly tenantId?: string };
}
interface Entitlement {
  readonly id: string;
  readonly member?: { readonly originId?: string };
  readonly accessLevel?: { readonly status?: string };
}
interface MemberPage {
  readonly items?: readonly Entitlement[];
  readonly continuationToken?: string | null;
}
interface Assignment {
  readonly identity?: { readonly id?: string };
  readonly role?: { readonly name?: string };
}
interface Credential {
  readonly properties?: { readonly issuer?: string; readonly subject?: string; readonly audiences?: readonly string[] };
}

/** In a dry run the id of what is not there yet. */
const notYet = '<id>';
/** Of a hundred members each. */
const mostPages = 500;

/**
 * Makes a managed identity one that registers agents from a cluster: a pool, a user with a license, the pool's role, and a
 * federated credential for the service account. What is there already is left alone.
 * Sources: Microsoft Learn, Azure DevOps REST API (Pools, Service Principal Entitlements, Member Entitlements, Role
 * Assignments) and Azure REST API (Federated Identity Credentials).
 *
 * @param report - told of each step as it is reached
 * @throws FedbridgeError
 */
export async function setUpAgents(
  options: SetupOptions,
  tokens: SetupTokens,
  outbound: () => Outbound,
  report: (step: SetupStep) => void,
): Promise<void> {
  const devOps = (call: RestCall) => callRest(call, tokens.azureDevOps, outbound());
  const azure = (call: RestCall) => callRest(call, tokens.resourceManager, outbound());
  const change = async (
    what: string,
    isThere: boolean,
    request: RestCall,
    send: (call: RestCall) => Promise<unknown>,
  ) => {
    if (isThere) report({ what, state: 'is there' });
    else if (options.dryRun) report({ what, state: 'would be done', request });
    else {
      const answer = await send(request);
      report({ what, state: 'done', request });
      return answer;
    }
    return undefined;
  };
  const { organization, resourceManager, managedIdentity } = options;
  const identity = (await azure({
    method: 'GET',
    url: `${resourceManager}${managedIdentity}?api-version=2023-01-31`,
  })) as Identity;
  const { clientId, principalId } = identity?.properties ?? {};
  if (!clientId || !principalId) {
    throw new FedbridgeError('INPUT_INVALID', `There is no managed identity ${managedIdentity}.`, {
      hint: 'Create it with "az identity create", and name it by its resource id.',
    });
  }

  const credential = credentialCall(options);
  const known = (await azure({ method: 'GET', url: credential.url })) as Credential | undefined;
  const wanted = (credential.body as Required<Credential>).properties;
  const found = known?.properties;
  const isTrusted = found?.issuer === wanted.issuer && found?.subject === wanted.subject;
  await change(`federated credential for ${wanted.subject}`, isTrusted, credential, azure);

  const pools = `${organization}/_apis/distributedtask/pools`;
  const find = async () =>
    listOf<{ id: number }>(
      await devOps({ method: 'GET', url: `${pools}?poolName=${encodeURIComponent(options.pool)}&api-version=7.1` }),
    )[0]?.id;
  const poolBody = { name: options.pool, autoProvision: options.allProjects };
  const pool = await find();
  const created = await change(
    `pool ${options.pool}`,
    pool !== undefined,
    { method: 'POST', url: `${pools}?api-version=7.1`, body: poolBody },
    devOps,
  );
  const poolId = pool ?? (created as { id?: number } | undefined)?.id;

  const entitlements = entitlementsUrl(organization);
  const member = async () => {
    for (let page = '', pages = 0; pages < mostPages; pages += 1) {
      const url = `${entitlements}/_apis/memberentitlements?api-version=7.1-preview.2${page}`;
      const answer = (await devOps({ method: 'GET', url })) as MemberPage | undefined;
      const found = answer?.items?.find((one) => one.member?.originId === principalId);
      if (found || !answer?.continuationToken) return found;
      page = `&continuationToken=${encodeURIComponent(answer.continuationToken)}`;
    }
    return undefined;
  };
  const before = await member();
  const added = (await change(
    `user ${clientId} with license ${options.license}`,
    before !== undefined,
    {
      method: 'POST',
      url: `${entitlements}/_apis/serviceprincipalentitlements?api-version=7.1-preview.1`,
      body: {
        accessLevel: { accountLicenseType: options.license },
        servicePrincipal: { origin: 'aad', originId: principalId, subjectKind: 'servicePrincipal' },
      },
    },
    devOps,
  )) as { isSuccess?: boolean; operationResult?: { errors?: readonly { value?: string }[] } } | undefined;
  if (added && added.isSuccess === false) {
    const said = added.operationResult?.errors?.[0]?.value;
    throw new FedbridgeError('EXCHANGE_REJECTED', `${clientId} could not be added to ${organization}.`, {
      answer: said && firstSentence(said),
      hint: 'The organisation must be connected to the tenant that the identity is of.',
    });
  }
  const userId = (before ?? (await member()))?.id ?? notYet;

  const roles = `${organization}/_apis/securityroles/scopes/distributedtask.agentpoolrole/roleassignments/resources/${poolId ?? notYet}?api-version=7.1-preview.1`;
  const hasRole = async () =>
    poolId !== undefined &&
    listOf<Assignment>(await devOps({ method: 'GET', url: roles })).some(
      ({ identity: whose, role }) => whose?.id === userId && role?.name === 'Administrator',
    );
  await change(
    `role Administrator of pool ${options.pool}`,
    await hasRole(),
    { method: 'PUT', url: roles, body: [{ roleName: 'Administrator', userId }] },
    devOps,
  );
  if (options.dryRun) return;

  const isActive = (await member())?.accessLevel?.status !== 'disabled';
  if (isActive && (await hasRole()))
    return report({ what: `${clientId} can register agents in ${options.pool}`, state: 'is there' });
  throw new FedbridgeError('EXCHANGE_REJECTED', `${clientId} cannot register agents in ${options.pool} yet.`, {
    hint: 'What was done is not to be seen there. Run it again; what is there is left alone.',
  });
}

function credentialCall({
  resourceManager,
  managedIdentity,
  issuer,
  namespace,
  serviceAccount,
  audience,
}: SetupOptions): RestCall {
  const name = `fedbridge-${namespace}-${serviceAccount}`;
  return {
    method: 'PUT',
    url: `${resourceManager}${managedIdentity}/federatedIdentityCredentials/${name}?api-version=2023-01-31`,
    body: {
      properties: { issuer, subject: formatKubernetesSubject({ namespace, serviceAccount }), audiences: [audience] },
    },
  };
}
