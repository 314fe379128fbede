import { invalid } from '@fedbridge/core';

/** What pipelines demand of an agent, and agents have as capabilities. */
export interface Demand {
  readonly name: string;
  /** What it must equal; undefined where any value will do. */
  readonly value: string | undefined;
}

/** Capabilities by name, as Azure DevOps keeps them. */
export type Capabilities = Readonly<Record<string, string>>;

/** The value of a capability of which the name is all that is asked for. */
const present = 'true';

/** @param text - `NAME`, or `NAME=VALUE` @throws FedbridgeError `INPUT_INVALID` */
export function parseDemand(text: string): Demand {
  const [, name = '', value] = /^([^\s=,]+)(?:=([^\s,](?:[^,\r\n]*[^\s,])?))?$/.exec(text) ?? [];
  if (name && !name.startsWith('-')) return { name, value };
  throw invalid('expected NAME or NAME=VALUE without a comma, such as docker or size=large.');
}

/** What an agent has that satisfies them all. */
export function capabilitiesFor(demands: readonly Demand[]): Capabilities {
  return Object.fromEntries(demands.map(({ name, value = present }) => [name, value]));
}

/** Whether capabilities satisfy a demand: names and values ignore case. Source: Azure DevOps SDK, `DemandEquals`, `DemandExists`. */
export function satisfies(capabilities: Capabilities, { name, value }: Demand): boolean {
  const entry = Object.entries(capabilities).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return entry !== undefined && (value === undefined || entry[1].toLowerCase() === value.toLowerCase());
}

/** As pipelines and Azure DevOps write it: `NAME -equals VALUE`. */
export function formatDemand({ name, value }: Demand): string {
  return value === undefined ? name : `${name} -equals ${value}`;
}
