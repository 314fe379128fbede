// Clients of Go, unchanged, as a later script of a job has them: prints who the cloud says this is, or an access token.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

const scope = "https://management.azure.com/.default"

func main() {
	ctx := context.Background()
	clients := map[string]func(context.Context) (string, error){
		"aws-sdk":                      callerIdentityV2,
		"aws-sdk-v1":                   callerIdentityV1,
		"aws-sdks-v1":                  callerIdentities("aws-sdk-v1"),
		"aws-sdks-v2":                  callerIdentities("aws-sdk"),
		"azidentity-managed-identity":  managedIdentity,
		"azidentity-workload-identity": workloadIdentity,
		"azidentity-default":           defaultCredential,
		"azurerm-sdk":                  runTool(onGoAzureSdk(azurermSdk.fill)),
		"azurerm-framework":            runTool(onGoAzureSdk(azurermFramework.fill)),
		"azuread":                      runTool(onGoAzureSdk(azuread.fill)),
		"backend":                      runTool(onGoAzureSdk(backend.fill)),
		"packer":                       runTool(onGoAzureSdk(packer)),
		"azapi":                        runTool(azapi),
	}
	result, err := clients[os.Args[1]](ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(result)
}

func managedIdentity(ctx context.Context) (string, error) {
	credential, err := azidentity.NewManagedIdentityCredential(nil)
	if err != nil {
		return "", err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	return token.Token, err
}

// Client, tenant, authority and file come from the environment; a loopback authority has no discovery of instances.
func workloadIdentity(ctx context.Context) (string, error) {
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		DisableInstanceDiscovery: true,
	})
	if err != nil {
		return "", err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	return token.Token, err
}

func defaultCredential(ctx context.Context) (string, error) {
	credential, err := azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
		DisableInstanceDiscovery: true,
	})
	if err != nil {
		return "", err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	return token.Token, err
}
