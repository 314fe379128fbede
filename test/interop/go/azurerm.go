package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
)

// azurerm is one run of a provider: its credentials are read once, from the variables that the provider reads, and the token
// of each API is asked for when it is first needed. Each line of standard input names an API, and is answered with its token.
//
// The providers have two plugins in one, which read switches differently. As the sources have it:
// terraform-provider-azurerm, internal/provider/provider.go and internal/provider/framework/{config,helpers}.go.
func azurerm(plugin string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		environment := environments.AzurePublic()
		environment.Authorization.LoginEndpoint = os.Getenv("AUTHORITY")
		credentials, err := providerCredentials(plugin, *environment)
		if err != nil {
			return "", err
		}
		apis := map[string]environments.Api{
			"resource-manager": environment.ResourceManager,
			"key-vault":        environment.KeyVault,
			"storage":          environment.Storage,
			"graph":            environment.MicrosoftGraph,
		}
		authorizers := map[string]auth.Authorizer{}
		for name, api := range apis {
			if authorizers[name], err = auth.NewAuthorizerFromCredentials(ctx, *credentials, api); err != nil {
				return "", err
			}
		}
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			token, err := authorizers[lines.Text()].Token(ctx, nil)
			if err != nil {
				return "", err
			}
			fmt.Println(token.AccessToken)
		}
		return "", nil
	}
}

func providerCredentials(plugin string, environment environments.Environment) (*auth.Credentials, error) {
	isOn := func(name string, usual bool) bool {
		value := strings.ToLower(os.Getenv(name))
		if plugin == "framework" {
			return value == "" || value == "true" || value == "1" || usual
		}
		if value == "" {
			return usual
		}
		return value == "true" || value == "1"
	}
	assertion := os.Getenv("ARM_OIDC_TOKEN")
	files := []string{os.Getenv("ARM_OIDC_TOKEN_FILE_PATH")}
	isAks := isOn("ARM_USE_AKS_WORKLOAD_IDENTITY", false)
	if isAks {
		files = append(files, os.Getenv("AZURE_FEDERATED_TOKEN_FILE"))
	}
	for _, path := range files {
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		read := strings.TrimSpace(string(text))
		if assertion != "" && assertion != read {
			return nil, fmt.Errorf("mismatch between supplied OIDC tokens")
		}
		assertion = read
	}
	usesOidc := isOn("ARM_USE_OIDC", false) || isAks
	return &auth.Credentials{
		Environment:                    environment,
		ClientID:                       os.Getenv("ARM_CLIENT_ID"),
		TenantID:                       os.Getenv("ARM_TENANT_ID"),
		ClientCertificatePath:          os.Getenv("ARM_CLIENT_CERTIFICATE_PATH"),
		ClientCertificatePassword:      os.Getenv("ARM_CLIENT_CERTIFICATE_PASSWORD"),
		ClientSecret:                   os.Getenv("ARM_CLIENT_SECRET"),
		OIDCAssertionToken:             assertion,
		OIDCTokenRequestURL:            first("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"),
		OIDCTokenRequestToken:          first("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"),
		ADOPipelineServiceConnectionID: first("ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"),
		CustomManagedIdentityEndpoint:  os.Getenv("ARM_MSI_ENDPOINT"),
		AzureCliSubscriptionIDHint:     os.Getenv("ARM_SUBSCRIPTION_ID"),

		EnableAuthenticatingUsingClientCertificate: true,
		EnableAuthenticatingUsingClientSecret:      true,
		EnableAuthenticationUsingOIDC:              usesOidc,
		EnableAuthenticationUsingGitHubOIDC:        usesOidc,
		EnableAuthenticationUsingADOPipelineOIDC:   usesOidc,
		EnableAuthenticatingUsingAzureCLI:          isOn("ARM_USE_CLI", true),
		EnableAuthenticatingUsingManagedIdentity:   isOn("ARM_USE_MSI", false),
	}, nil
}

func first(names ...string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return ""
}
