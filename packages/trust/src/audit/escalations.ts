/** Actions, in lower case, and the document that says what they lead to. */
interface Escalation {
  readonly actions: readonly string[];
  readonly source: string;
}

/** Datadog, pathfinding.cloud, data/paths, read 2026-11-26. */
const pathfinding = (path: string) => `https://github.com/DataDog/pathfinding.cloud/blob/main/data/paths/${path}.yaml`;
/** HackTricks Cloud, AWS - Privilege Escalation, read 2026-11-26. */
const hackTricks = (page: string) =>
  `https://github.com/HackTricks-wiki/hacktricks-cloud/blob/master/src/pentesting-cloud/aws-security/aws-privilege-escalation/${page}/README.md`;
const byPath = (path: string, ...actions: readonly string[]): Escalation => ({ actions, source: pathfinding(path) });
const byPage = (page: string, ...actions: readonly string[]): Escalation => ({ actions, source: hackTricks(page) });

/** Each of them on every resource is all there is: another role, or what its own policies say. */
export const rulingSources: readonly Escalation[] = [
  byPath('sts/sts-001', 'sts:assumerole'),
  byPath('iam/iam-001', 'iam:createpolicyversion'),
  byPath('iam/iam-002', 'iam:createaccesskey'),
  byPath('iam/iam-004', 'iam:createloginprofile'),
  byPath('iam/iam-005', 'iam:putrolepolicy'),
  byPath('iam/iam-006', 'iam:updateloginprofile'),
  byPath('iam/iam-007', 'iam:putuserpolicy'),
  byPath('iam/iam-008', 'iam:attachuserpolicy'),
  byPath('iam/iam-009', 'iam:attachrolepolicy'),
  byPath('iam/iam-010', 'iam:attachgrouppolicy'),
  byPath('iam/iam-011', 'iam:putgrouppolicy'),
  byPath('iam/iam-012', 'iam:updateassumerolepolicy'),
  byPath('iam/iam-013', 'iam:addusertogroup'),
  byPage('aws-iam-privesc', 'iam:setdefaultpolicyversion'),
];

/**
 * What is made or changed with a role that `iam:PassRole` hands to it, and acts as that role for whoever made it. CodeStar, which research of
 * 2018 names too, makes no projects since 2024-07-31.
 */
export const makingActorsSources: readonly Escalation[] = [
  byPath('apprunner/apprunner-001', 'apprunner:createservice'),
  byPath('bedrock/bedrock-001', 'bedrock-agentcore:createcodeinterpreter'),
  byPath('cloudformation/cloudformation-001', 'cloudformation:createstack'),
  byPath('cloudformation/cloudformation-003', 'cloudformation:createstackset'),
  byPath('cloudformation/cloudformation-004', 'cloudformation:updatestackset'),
  byPage('aws-cloudformation-privesc', 'cloudformation:updatestack', 'cloudformation:createchangeset'),
  byPath('codebuild/codebuild-001', 'codebuild:createproject'),
  byPage('aws-codebuild-privesc', 'codebuild:updateproject'),
  byPath('datapipeline/datapipeline-001', 'datapipeline:createpipeline'),
  byPath('ec2/ec2-001', 'ec2:runinstances'),
  byPath('ec2/ec2-003', 'ec2:requestspotinstances'),
  byPage('aws-ec2-privesc', 'ec2:associateiaminstanceprofile', 'ec2:replaceiaminstanceprofileassociation'),
  byPage('aws-ec2-privesc', 'autoscaling:createautoscalinggroup', 'autoscaling:updateautoscalinggroup'),
  byPath('ecs/ecs-003', 'ecs:createservice'),
  byPath('ecs/ecs-004', 'ecs:runtask'),
  byPath('ecs/ecs-005', 'ecs:starttask'),
  byPage('aws-ecs-privesc', 'ecs:updateservice'),
  byPage('aws-emr-privesc', 'elasticmapreduce:runjobflow'),
  byPath('glue/glue-001', 'glue:createdevendpoint'),
  byPath('glue/glue-003', 'glue:createjob'),
  byPath('glue/glue-005', 'glue:updatejob'),
  { actions: ['glue:createsession'], source: 'https://docs.aws.amazon.com/glue/latest/dg/glue-is-security.html' },
  byPath('lambda/lambda-001', 'lambda:createfunction'),
  byPath('sagemaker/sagemaker-001', 'sagemaker:createnotebookinstance'),
  byPath('sagemaker/sagemaker-002', 'sagemaker:createtrainingjob'),
  byPath('sagemaker/sagemaker-003', 'sagemaker:createprocessingjob'),
  byPage('aws-sagemaker-privesc', 'sagemaker:createhyperparametertuningjob'),
  byPage('eventbridgescheduler-privesc', 'scheduler:createschedule', 'scheduler:updateschedule'),
  {
    actions: ['ssm:startautomationexecution'],
    source: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-working.html',
  },
  byPage('aws-stepfunctions-privesc', 'states:createstatemachine', 'states:updatestatemachine', 'states:teststate'),
];

/** What of these is about one role, or about a policy that is attached to one. */
export const powers = [
  ['pass', ['iam:passrole']],
  ['assume', ['sts:assumerole']],
  ['trust', ['iam:updateassumerolepolicy']],
  ['policies', ['iam:putrolepolicy', 'iam:attachrolepolicy']],
  ['versions', ['iam:createpolicyversion', 'iam:setdefaultpolicyversion']],
  ['boundary', ['iam:deleterolepermissionsboundary', 'iam:putrolepermissionsboundary']],
] as const;

const actionsOf = (all: readonly Escalation[]) => all.flatMap(({ actions }) => actions);

/** Actions of IAM in small letters, as policies are compared. */
export const ruling = actionsOf(rulingSources);
/** The same, of what makes something that acts as a role that is passed to it. */
export const makingActors = actionsOf(makingActorsSources);
