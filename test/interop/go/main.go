// Clients of Go, unchanged, as a later script of a job has them: prints who the cloud says this is, or an access token.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
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
		"go-azure-sdk-request":         requestedToken,
		"go-azure-sdk-file":            tokenFromFile,
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

// As Terraform's providers do with ARM_OIDC_REQUEST_URL and ARM_OIDC_REQUEST_TOKEN, or GitHub's own variables.
func requestedToken(ctx context.Context) (string, error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value := os.Getenv(name); value != "" {
				return value
			}
		}
		return ""
	}
	return accessToken(ctx, auth.Credentials{
		EnableAuthenticationUsingGitHubOIDC: true,
		OIDCTokenRequestURL:                 first("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"),
		OIDCTokenRequestToken:               first("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
	})
}

func tokenFromFile(ctx context.Context) (string, error) {
	assertion, err := os.ReadFile(os.Getenv("ARM_OIDC_TOKEN_FILE_PATH"))
	if err != nil {
		return "", err
	}
	return accessToken(ctx, auth.Credentials{EnableAuthenticationUsingOIDC: true, OIDCAssertionToken: string(assertion)})
}

func accessToken(ctx context.Context, credentials auth.Credentials) (string, error) {
	environment := environments.AzurePublic()
	environment.Authorization.LoginEndpoint = os.Getenv("AUTHORITY")
	credentials.Environment = *environment
	credentials.ClientID = os.Getenv("ARM_CLIENT_ID")
	credentials.TenantID = os.Getenv("ARM_TENANT_ID")
	authorizer, err := auth.NewAuthorizerFromCredentials(ctx, credentials, environment.ResourceManager)
	if err != nil {
		return "", err
	}
	token, err := authorizer.Token(ctx, nil)
	if err != nil {
		return "", err
	}
	return token.AccessToken, nil
}
