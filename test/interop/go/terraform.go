package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
)

// A tool of Terraform's: gives the token of an API, from credentials that it filled when it was configured.
type tool func(ctx context.Context, api string) (string, error)

// One run of a tool: it is configured once, from the variables that it reads, and asks for the token of each API when that is
// first needed. Each line of standard input names an API, and is answered with its token.
func runTool(configure func(context.Context) (tool, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		token, err := configure(ctx)
		if err != nil {
			return "", err
		}
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			answer, err := token(ctx, lines.Text())
			if err != nil {
				return "", err
			}
			fmt.Println(answer)
		}
		return "", nil
	}
}

// The tools on hashicorp's go-azure-sdk: each fills its credentials in a way of its own.
func onGoAzureSdk(fill func(context.Context) (*auth.Credentials, error)) func(context.Context) (tool, error) {
	return func(ctx context.Context) (tool, error) {
		credentials, err := fill(ctx)
		if err != nil {
			return nil, err
		}
		environment := credentials.Environment
		apis := map[string]environments.Api{
			"resource-manager": environment.ResourceManager,
			"key-vault":        environment.KeyVault,
			"storage":          environment.Storage,
			"graph":            environment.MicrosoftGraph,
		}
		authorizers := map[string]auth.Authorizer{}
		for name, api := range apis {
			if authorizers[name], err = auth.NewAuthorizerFromCredentials(ctx, *credentials, api); err != nil {
				return nil, err
			}
		}
		return func(ctx context.Context, api string) (string, error) {
			token, err := authorizers[api].Token(ctx, nil)
			if err != nil {
				return "", err
			}
			return token.AccessToken, nil
		}, nil
	}
}

// How a tool reads its switches and names; all else is the same in azurerm, azuread and the backend.
type reading struct {
	isOn          func(name string, usual bool) bool
	metadataHosts []string
	isBackend     bool
}

// Plugin SDK v2: a variable that is there and empty counts as not there.
func switchOfSdk(name string, usual bool) bool {
	value := strings.ToLower(os.Getenv(name))
	if value == "" {
		return usual
	}
	return value == "true" || value == "1"
}

// azurerm's plugin on the plugin framework takes an empty one for true.
func switchOfFramework(name string, usual bool) bool {
	value := strings.ToLower(os.Getenv(name))
	return value == "" || value == "true" || value == "1" || usual
}

var metadataHostname = []string{"ARM_METADATA_HOSTNAME"}

// As the sources have it: terraform-provider-azurerm 5.2.0, internal/provider/provider.go and
// internal/provider/framework/{config,helpers}.go; terraform-provider-azuread 3.9.0, internal/provider/{provider,helpers}.go;
// Terraform 1.16, internal/backend/remote-state/azure/{backend,api_client,helpers}.go.
var (
	azurermSdk       = reading{isOn: switchOfSdk, metadataHosts: metadataHostname}
	azurermFramework = reading{isOn: switchOfFramework, metadataHosts: metadataHostname}
	azuread          = reading{isOn: switchOfSdk, metadataHosts: metadataHostname}
	backend          = reading{isOn: switchOfSdk, metadataHosts: []string{"ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST"}, isBackend: true}
)

func (how reading) fill(ctx context.Context) (*auth.Credentials, error) {
	if how.isBackend && (os.Getenv("ARM_ACCESS_KEY") != "" || os.Getenv("ARM_SAS_TOKEN") != "") {
		return nil, errors.New("state is read and written with a key, by nobody in particular")
	}
	environment, err := environmentOf(ctx, first(how.metadataHosts...), orElse(os.Getenv("ARM_ENVIRONMENT"), "public"))
	if err != nil {
		return nil, err
	}
	certificate, err := base64.StdEncoding.DecodeString(os.Getenv("ARM_CLIENT_CERTIFICATE"))
	if err != nil {
		return nil, fmt.Errorf("could not decode client certificate data: %v", err)
	}
	isAks := how.isOn("ARM_USE_AKS_WORKLOAD_IDENTITY", false)
	usesOidc := how.isOn("ARM_USE_OIDC", false) || isAks
	tokenFiles := []string{os.Getenv("ARM_OIDC_TOKEN_FILE_PATH")}
	if isAks {
		tokenFiles = append(tokenFiles, os.Getenv("AZURE_FEDERATED_TOKEN_FILE"))
	}
	assertion, err := valueOrFile("ARM_OIDC_TOKEN", tokenFiles...)
	if err != nil {
		return nil, err
	}
	secret, err := valueOrFile("ARM_CLIENT_SECRET", os.Getenv("ARM_CLIENT_SECRET_FILE_PATH"))
	if err != nil {
		return nil, err
	}
	clientID, err := valueOrFile("ARM_CLIENT_ID", os.Getenv("ARM_CLIENT_ID_FILE_PATH"))
	if err != nil {
		return nil, err
	}
	return &auth.Credentials{
		Environment:                    *environment,
		ClientID:                       clientID,
		TenantID:                       os.Getenv("ARM_TENANT_ID"),
		ClientCertificateData:          certificate,
		ClientCertificatePath:          os.Getenv("ARM_CLIENT_CERTIFICATE_PATH"),
		ClientCertificatePassword:      os.Getenv("ARM_CLIENT_CERTIFICATE_PASSWORD"),
		ClientSecret:                   secret,
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
		EnableAuthenticatingUsingAzureCLI:          how.isOn("ARM_USE_CLI", true),
		EnableAuthenticatingUsingManagedIdentity:   how.isOn("ARM_USE_MSI", false),
	}, nil
}

// The cloud by its metadata if a host is named, else by its name. A loopback Entra, which no cloud has, is in AUTHORITY.
func environmentOf(ctx context.Context, metadataHost string, name string) (*environments.Environment, error) {
	if metadataHost != "" {
		return environments.FromEndpoint(ctx, "https://"+metadataHost)
	}
	environment, err := environments.FromName(name)
	if authority := os.Getenv("AUTHORITY"); err == nil && authority != "" {
		environment.Authorization.LoginEndpoint = authority
	}
	return environment, err
}

// Packer reads one variable itself. All else is in the user's template, which names variables, as the plugin's page
// says: an ID token's request first, else the token in a file. As packer-plugin-azure 2.6.3 has it,
// builder/azure/common/client/{config,azure_authorizer}.go.
func packer(ctx context.Context) (*auth.Credentials, error) {
	environment, err := environmentOf(ctx, strings.TrimPrefix(os.Getenv("ARM_METADATA_URL"), "https://"), "public")
	if err != nil {
		return nil, err
	}
	credentials := auth.Credentials{
		Environment: *environment,
		ClientID:    os.Getenv("ARM_CLIENT_ID"),
		TenantID:    os.Getenv("ARM_TENANT_ID"),
	}
	if path := os.Getenv("ARM_OIDC_TOKEN_FILE_PATH"); path != "" {
		credentials.EnableAuthenticationUsingOIDC = true
		credentials.OIDCAssertionToken, err = valueOrFile("", path)
		return &credentials, err
	}
	credentials.EnableAuthenticationUsingGitHubOIDC = true
	credentials.OIDCTokenRequestURL = first("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
	credentials.OIDCTokenRequestToken = first("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN")
	return &credentials, nil
}

// A value and the files that may have it: where there are several, they must agree.
func valueOrFile(name string, paths ...string) (string, error) {
	value := strings.TrimSpace(os.Getenv(name))
	for _, path := range paths {
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		read := strings.TrimSpace(string(text))
		if value != "" && value != read {
			return "", fmt.Errorf("mismatch between %s and %s", name, path)
		}
		value = read
	}
	return value, nil
}

func first(names ...string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return ""
}

func orElse(value string, usual string) string {
	if value == "" {
		return usual
	}
	return value
}
