import type { Demand, SetupResult, Trusted } from '@fedbridge/agent';

/** What a chart needs to know. */
export interface ChartFacts extends SetupResult {
  readonly organization: string;
  readonly pool: string;
  readonly demands: readonly Demand[];
  /** The agents' service account; undefined for agents outside a cluster. */
  readonly account: Trusted | undefined;
}

/** The values of the chart `fedbridge-agent`, as `deploy/helm/fedbridge-agent/values.yaml` names them. */
export function chartValues({ organization, pool, poolId, principal, demands, account }: ChartFacts) {
  const { clientId, tenantId } = principal;
  const named = demands.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
  return {
    organizationUrl: organization,
    // Text: of a large number helm makes 1.2e+07.
    pool: { name: pool, id: String(poolId), ...(named.length === 0 ? {} : { demands: named }) },
    identity: { clientId, tenantId },
    ...(account ? { serviceAccount: { name: account.serviceAccount } } : {}),
  };
}

/** As YAML: every text of JSON is one there too. */
export function formatChartValues(values: ReturnType<typeof chartValues>): string {
  const heading = '# Values of the chart fedbridge-agent, as "fedbridge agent setup" found them.';
  return `${[heading, ...lines(values, '')].join('\n')}\n`;
}

function lines(value: object, indent: string): string[] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
    if (Array.isArray(one)) return [`${indent}${key}:`, ...one.map((item) => `${indent}  - ${JSON.stringify(item)}`)];
    if (typeof one === 'object' && one !== null) return [`${indent}${key}:`, ...lines(one, `${indent}  `)];
    return [`${indent}${key}: ${JSON.stringify(one)}`];
  });
}
