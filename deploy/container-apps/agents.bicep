// Azure Pipelines agents as an Azure Container Apps job: an execution for each job that waits, no cluster to run. The agents, and the rule that
// looks for waiting jobs, act as one user-assigned managed identity: there is no personal access token.
//
// "fedbridge agent setup" prepares the pool, its placeholder agent and the identity's rights; then:
//   az deployment group create -g ci --template-file deploy/container-apps/agents.bicep --parameters …
// Source: Microsoft.App/jobs 2025-01-01; KEDA's scaler azure-pipelines.

@description('The URL of the organization, such as https://dev.azure.com/contoso, without a slash at its end.')
param organizationUrl string

@description('The agent pool.')
param poolName string

@description('Its id, which "fedbridge agent setup" prints.')
@minValue(1)
param poolId int

@description('What agents have that jobs may demand: NAME, or NAME=VALUE. With some, only jobs whose demands are all among them start one.')
param demands string[] = []

@description('The name of the user-assigned managed identity in this resource group. It needs AcrPull on the registry.')
param identityName string

@description('The image, such as contoso.azurecr.io/fedbridge-agent:1.0.0.')
param image string

@description('The registry of the image, such as contoso.azurecr.io; empty for one that needs no sign-in.')
param registryServer string = ''

@description('Agents at most at the same time.')
@minValue(1)
param maxAgents int = 20

@description('How often the queue is read, in seconds.')
@minValue(5)
param pollingInterval int = 30

@description('How long an agent may live with its job, in seconds.')
param timeoutSeconds int = 86400

@description('Cores of an agent; memory is two times as many Gi.')
param cpu string = '2.0'
param memory string = '4Gi'

@description('The subnet of the environment, delegated to Microsoft.App/environments; empty for none.')
param subnetId string = ''

param name string = 'agents'
param location string = resourceGroup().location

// As job requests have them: a job may demand that NAME is there, whatever its value.
var demanded = [
  for demand in demands: contains(demand, '=')
    ? '${split(demand, '=')[0]},${split(demand, '=')[0]} -equals ${substring(demand, indexOf(demand, '=') + 1)}'
    : demand
]
var demandOptions = flatten(map(demands, demand => ['--demand', demand]))

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: name
  location: location
  properties: {
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
  }
}

resource agents 'Microsoft.App/jobs@2025-01-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Event'
      replicaTimeout: timeoutSeconds
      // An agent that fails leaves its place to the next one.
      replicaRetryLimit: 0
      registries: empty(registryServer) ? [] : [{ server: registryServer, identity: identity.id }]
      // No secret: the one form in which every version of the scaler takes the organization.
      secrets: [{ name: 'organization-url', value: organizationUrl }]
      eventTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
        scale: {
          minExecutions: 0
          maxExecutions: maxAgents
          pollingInterval: pollingInterval
          rules: [
            {
              name: 'azure-pipelines'
              type: 'azure-pipelines'
              identity: identity.id
              auth: [{ secretRef: 'organization-url', triggerParameter: 'organizationURL' }]
              metadata: union(
                { poolID: string(poolId) },
                empty(demands) ? {} : { demands: join(demanded, ',') }
              )
            }
          ]
        }
      }
    }
    template: {
      containers: [
        {
          name: 'agent'
          image: image
          args: concat(
            ['agent', 'run', '--once', '--identity', 'managed-identity', '--client-id', identity.properties.clientId],
            demandOptions
          )
          env: [
            { name: 'AZP_URL', value: organizationUrl }
            { name: 'AZP_POOL', value: poolName }
          ]
          resources: { cpu: json(cpu), memory: memory }
        }
      ]
    }
  }
}

output jobName string = agents.name
