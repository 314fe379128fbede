import { azureSdk, managedIdentityClients } from './azure-sdk.ts';
import { canAsk, type Delivered, type DeliveryFacts } from './delivery-facts.ts';
import type { ExportName } from './export-names.ts';
import { isPassedByInPod, terraform } from './terraform.ts';

/** What is exported, and what is emptied so that nothing else is found. Putting both back is the clean-up's. */
export interface DeliveryPlan {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Variables of the job, not empty now, that are emptied: names in the order of the alphabet. */
  readonly emptied: readonly string[];
}

/** Pure: the same facts, the same plan. An export never empties what another sets. */
export function planDelivery(facts: DeliveryFacts): DeliveryPlan {
  const { exports, kept, environment } = facts;
  const delivered: Delivered[] = [
    ...(exports.has('azure-sdk') ? [azureSdk(facts)] : []),
    ...(kept ? [managedIdentityClients(facts, kept)] : []),
    ...(exports.has('terraform') ? [terraform(facts)] : []),
    ...(exports.has('github-id-token') && kept ? [{ variables: kept.gitHubIdToken, shadows: [] }] : []),
  ];
  const variables = given(Object.assign({}, ...delivered.map((one) => given(one.variables))));
  const secrets: Record<string, string> = Object.assign({}, ...delivered.map((one) => one.secrets));
  const shadows = new Set(delivered.flatMap((one) => one.shadows));
  const emptied = [...shadows].filter((name) => environment[name] && !(name in variables) && !(name in secrets)).sort();
  return { variables, secrets, emptied };
}

/** Whether something that is exported reads the ID token from a file. */
export function readsTokenFile(facts: Pick<DeliveryFacts, 'exports' | 'request' | 'environment' | 'kept'>): boolean {
  const { exports, request } = facts;
  const readers: readonly ExportName[] = ['azure-sdk', 'azure-cli', 'azure-powershell'];
  return (
    readers.some((name) => exports.has(name)) ||
    (exports.has('terraform') && (!canAsk(request) || isPassedByInPod(facts)))
  );
}

function given(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
