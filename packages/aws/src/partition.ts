import { invalid } from '@fedbridge/core';

/** One of AWS's separate clouds. Source: the AWS SDKs' `partitions.json`. */
interface Partition {
  readonly name: string;
  readonly regions: RegExp;
  readonly dnsSuffix: string;
}

const partitions: readonly Partition[] = [
  { name: 'aws', regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, dnsSuffix: 'amazonaws.com' },
  { name: 'aws-cn', regions: /^cn-\w+-\d+$/, dnsSuffix: 'amazonaws.com.cn' },
  { name: 'aws-us-gov', regions: /^us-gov-\w+-\d+$/, dnsSuffix: 'amazonaws.com' },
  { name: 'aws-iso', regions: /^us-iso-\w+-\d+$/, dnsSuffix: 'c2s.ic.gov' },
  { name: 'aws-iso-b', regions: /^us-isob-\w+-\d+$/, dnsSuffix: 'sc2s.sgov.gov' },
  { name: 'aws-iso-e', regions: /^eu-isoe-\w+-\d+$/, dnsSuffix: 'cloud.adc-e.uk' },
  { name: 'aws-iso-f', regions: /^us-isof-\w+-\d+$/, dnsSuffix: 'csp.hci.ic.gov' },
  { name: 'aws-eusc', regions: /^eusc-(de)-\w+-\d+$/, dnsSuffix: 'amazonaws.eu' },
];

/** A region, with the partition that it lies in. */
export interface Region {
  readonly name: string;
  readonly partition: Partition;
}

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseRegion(text: string): Region {
  const partition = partitions.find(({ regions }) => regions.test(text));
  if (partition) return { name: text, partition };
  throw invalid('expected an AWS region such as eu-central-1.');
}

/** The names of all partitions, as ARNs have them: `aws`, `aws-cn`. */
export const partitionNames: readonly string[] = partitions.map(({ name }) => name);

/** The STS endpoint of a region; the global one exists in one partition only and is not used. */
export function regionalStsEndpoint({ name, partition }: Region): string {
  return `https://sts.${name}.${partition.dnsSuffix}`;
}
