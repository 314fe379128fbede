/** Actions, in lower case, and the document that says what they lead to. */
interface Escalation {
  readonly actions: readonly string[];
  readonly source: string;
}

/** Actions on something that runs already, as whom it does, and by the services of which resources it is named. */
interface Takeover extends Escalation {
  /** How services that may take the role begin: `lambda.` of `lambda.amazonaws.com`. */
  readonly services: readonly string[];
  readonly on: readonly string[];
}

/** Datadog, pathfinding.cloud, data/paths, read 2026-11-26. */
const pathfinding = (path: string) => `https://github.com/DataDog/pathfinding.cloud/blob/main/data/paths/${path}.yaml`;
/** HackTricks Cloud, AWS - Privilege Escalation, read 2026-11-26. */
const hackTricks = (page: string) =>
  `https://github.com/HackTricks-wiki/hacktricks-cloud/blob/master/src/pentesting-cloud/aws-security/aws-privilege-escalation/${page}/README.md`;
const byPath = (path: string, ...actions: readonly string[]): Escalation => ({ actions, source: pathfinding(path) });
const byPage = (page: string, ...actions: readonly string[]): Escalation => ({ actions, source: hackTricks(page) });
const runsAs = (service: string, one: Escalation, on: readonly string[] = []): Takeover => {
  const named = one.actions.map((action) => action.split(':')[0] ?? '');
  return { ...one, services: [`${service}.`], on: [...new Set([...named, ...on])] };
};

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
  byPage('aws-codepipeline-privesc', 'codepipeline:createpipeline'),
  byPage(
    'aws-cognito-privesc',
    'cognito-identity:setidentitypoolroles',
    'cognito-idp:creategroup',
    'cognito-idp:updategroup',
  ),
  byPath('datapipeline/datapipeline-001', 'datapipeline:createpipeline'),
  byPath('ec2/ec2-001', 'ec2:runinstances'),
  byPath('ec2/ec2-003', 'ec2:requestspotinstances'),
  byPage('aws-ec2-privesc', 'ec2:associateiaminstanceprofile', 'ec2:replaceiaminstanceprofileassociation'),
  byPage('aws-ec2-privesc', 'autoscaling:createautoscalinggroup', 'autoscaling:updateautoscalinggroup'),
  byPage('aws-ec2-privesc', 'autoscaling:createlaunchconfiguration', 'ec2:createlaunchtemplate'),
  byPage('aws-ec2-privesc', 'iam:addroletoinstanceprofile'),
  byPath('ecs/ecs-003', 'ecs:createservice'),
  byPath('ecs/ecs-004', 'ecs:runtask'),
  byPath('ecs/ecs-005', 'ecs:starttask'),
  byPage('aws-ecs-privesc', 'ecs:updateservice'),
  byPage('aws-elastic-beanstalk-privesc', 'elasticbeanstalk:createenvironment', 'elasticbeanstalk:updateenvironment'),
  byPage('aws-emr-privesc', 'elasticmapreduce:runjobflow', 'elasticmapreduce:createeditor'),
  byPath('glue/glue-001', 'glue:createdevendpoint'),
  byPath('glue/glue-003', 'glue:createjob'),
  byPath('glue/glue-005', 'glue:updatejob'),
  { actions: ['glue:createsession'], source: 'https://docs.aws.amazon.com/glue/latest/dg/glue-is-security.html' },
  byPath('lambda/lambda-001', 'lambda:createfunction'),
  byPath('sagemaker/sagemaker-001', 'sagemaker:createnotebookinstance'),
  byPath('sagemaker/sagemaker-002', 'sagemaker:createtrainingjob'),
  byPath('sagemaker/sagemaker-003', 'sagemaker:createprocessingjob'),
  byPage('aws-sagemaker-privesc', 'sagemaker:createhyperparametertuningjob'),
  byPage('aws-sagemaker-privesc', 'sagemaker:updateuserprofile', 'sagemaker:updatedomain', 'sagemaker:createapp'),
  byPage('eventbridgescheduler-privesc', 'scheduler:createschedule', 'scheduler:updateschedule'),
  {
    actions: ['ssm:startautomationexecution'],
    source: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-working.html',
  },
  byPage('aws-stepfunctions-privesc', 'states:createstatemachine', 'states:updatestatemachine', 'states:teststate'),
];

/** What acts as a role already, and does what it is told without another `iam:PassRole`. */
export const takingSources: readonly Takeover[] = [
  runsAs('tasks.apprunner', byPath('apprunner/apprunner-002', 'apprunner:updateservice')),
  runsAs('bedrock-agentcore', byPath('bedrock/bedrock-002', 'bedrock-agentcore:invokecodeinterpreter')),
  runsAs('cloudformation', byPath('cloudformation/cloudformation-002', 'cloudformation:updatestack')),
  runsAs('cloudformation', byPath('cloudformation/cloudformation-005', 'cloudformation:executechangeset')),
  runsAs('cloudformation', byPage('aws-cloudformation-privesc', 'cloudformation:updatestackset')),
  runsAs('codebuild', byPath('codebuild/codebuild-002', 'codebuild:startbuild')),
  runsAs('codebuild', byPath('codebuild/codebuild-003', 'codebuild:startbuildbatch')),
  runsAs('ec2', byPath('ec2/ec2-002', 'ec2:modifyinstanceattribute')),
  runsAs('ec2', byPath('ec2/ec2-004', 'ec2:createlaunchtemplateversion')),
  runsAs('ec2', byPath('ec2-instance-connect/ec2instanceconnect-003', 'ec2-instance-connect:sendsshpublickey'), [
    'ec2',
  ]),
  runsAs('ec2', byPage('aws-ec2-privesc', 'ec2-instance-connect:sendserialconsolesshpublickey'), ['ec2']),
  runsAs('ec2', byPath('ssm/ssm-001', 'ssm:startsession'), ['ec2', 'ecs']),
  runsAs('ec2', byPath('ssm/ssm-002', 'ssm:sendcommand'), ['ec2']),
  runsAs('ec2', byPage('aws-ssm-privesc', 'ssm:resumesession', 'ssm:updatedocument'), ['ec2']),
  runsAs('ecs-tasks', byPage('aws-ecs-privesc', 'ecs:executecommand')),
  runsAs('glue', byPath('glue/glue-002', 'glue:updatedevendpoint')),
  runsAs('lambda', byPath('lambda/lambda-003', 'lambda:updatefunctioncode')),
  runsAs('lambda', byPage('aws-lambda-privesc', 'lambda:updatefunctionconfiguration')),
  runsAs('sagemaker', byPath('sagemaker/sagemaker-004', 'sagemaker:createpresignednotebookinstanceurl')),
  runsAs('sagemaker', byPath('sagemaker/sagemaker-005', 'sagemaker:updatenotebookinstance')),
  runsAs('sagemaker', byPage('aws-sagemaker-privesc', 'sagemaker:createpresigneddomainurl')),
  // Which tasks and instances a session is on is not told.
  runsAs('ecs-tasks', byPage('aws-ecs-privesc', 'ssm:startsession'), ['ec2', 'ecs']),
  runsAs('states', byPage('aws-stepfunctions-privesc', 'states:updatestatemachine')),
];

/** What leads to roles of which no export of IAM tells: of other accounts, of IAM Identity Center, of a pool of Cognito. */
export const beyondSources: readonly Escalation[] = [
  byPage(
    'aws-sso-and-identitystore-privesc',
    ...['sso:attachcustomermanagedpolicyreferencetopermissionset', 'sso:attachmanagedpolicytopermissionset'],
    ...['sso:createaccountassignment', 'sso:getrolecredentials', 'sso:putinlinepolicytopermissionset'],
    ...['sso:deleteinlinepolicyfrompermissionset', 'sso:deletepermissionsboundaryfrompermissionset'],
    ...['sso:detachcustomermanagedpolicyreferencefrompermissionset', 'sso:detachmanagedpolicyfrompermissionset'],
    ...['sso-directory:updatepassword', 'identitystore:creategroupmembership'],
  ),
  byPage('aws-cognito-privesc', 'cognito-identity:updateidentitypool'),
  ...[
    [
      'cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html',
      'cognito-identity:getcredentialsforidentity',
    ],
    ['cognitoidentity/latest/APIReference/API_GetId.html', 'cognito-identity:getid'],
    ['cognitoidentity/latest/APIReference/API_GetOpenIdToken.html', 'cognito-identity:getopenidtoken'],
    [
      'cognitoidentity/latest/APIReference/API_GetOpenIdTokenForDeveloperIdentity.html',
      'cognito-identity:getopenidtokenfordeveloperidentity',
    ],
    ['datazone/latest/APIReference/API_GetEnvironmentCredentials.html', 'datazone:getenvironmentcredentials'],
    ['service-authorization/latest/reference/list_amazondatazone.html', 'datazone:getdomainexecutionrolecredentials'],
    ['systems-manager/latest/APIReference/API_GetAccessToken.html', 'ssm:getaccesstoken'],
    ['STS/latest/APIReference/API_AssumeRoot.html', 'sts:assumeroot'],
  ].map(([page = '', action = '']) => ({ actions: [action], source: `https://docs.aws.amazon.com/${page}` })),
];

/** What of these is about one role, user or group, about a policy that is attached to one, or about who signs for one. */
export const powers = [
  ['pass', ['iam:passrole']],
  ['assume', ['sts:assumerole']],
  ['trust', ['iam:updateassumerolepolicy']],
  [
    'user',
    [
      ...['iam:createaccesskey', 'iam:createloginprofile', 'iam:updateloginprofile'],
      ...['iam:createservicespecificcredential', 'iam:resetservicespecificcredential', 'iam:uploadsshpublickey'],
    ],
  ],
  ['members', ['iam:addusertogroup']],
  [
    'policies',
    [
      ...['iam:putrolepolicy', 'iam:attachrolepolicy', 'iam:putuserpolicy', 'iam:attachuserpolicy'],
      ...['iam:putgrouppolicy', 'iam:attachgrouppolicy'],
    ],
  ],
  ['versions', ['iam:createpolicyversion', 'iam:setdefaultpolicyversion']],
  [
    'boundary',
    [
      ...['iam:deleterolepermissionsboundary', 'iam:putrolepermissionsboundary'],
      ...['iam:deleteuserpermissionsboundary', 'iam:putuserpermissionsboundary'],
    ],
  ],
  ['new role', ['iam:createrole']],
  ['new user', ['iam:createuser']],
  [
    'provider',
    [
      ...['iam:createopenidconnectprovider', 'iam:updateopenidconnectproviderthumbprint'],
      ...['iam:createsamlprovider', 'iam:updatesamlprovider'],
    ],
  ],
] as const;

const actionsOf = (all: readonly Escalation[]) => all.flatMap(({ actions }) => actions);

/** Actions of IAM in small letters, as policies are compared. */
export const ruling = actionsOf(rulingSources);
/** The same, of what makes something that acts as a role that is passed to it. */
export const makingActors = actionsOf(makingActorsSources);
/** The same, of what leads to roles of which nothing is told. */
export const beyond = actionsOf(beyondSources);
