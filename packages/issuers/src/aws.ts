/** The audience that STS is asked with in China, where the service has a name of its own. */
const china = 'sts.amazonaws.com.cn';

/** The audience that a token for AWS is asked for, by partition, where the job can choose. */
export function awsAudience(partition: string): string {
  return partition === 'aws-cn' ? china : 'sts.amazonaws.com';
}

/** Whether an audience is that of AWS, in any partition. */
export function isAwsAudience(audience: string): boolean {
  return audience === awsAudience('aws') || audience === china;
}
