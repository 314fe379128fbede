package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Terraform's azapi: a chain of azidentity's credentials, of which those that can be made are asked in turn. As the sources
// have it: terraform-provider-azapi 2.12.0, internal/provider/provider.go, and github.com/Azure/entrauth 480422e02b6c,
// entrauth.go, github_cred.go and aztfauth/aztfauth.go.
func azapi(context.Context) (tool, error) {
	clouds := map[string]cloud.Configuration{
		"public":       cloud.AzurePublic,
		"usgovernment": cloud.AzureGovernment,
		"china":        cloud.AzureChina,
	}
	configuration := clouds[strings.ToLower(orElse(os.Getenv("ARM_ENVIRONMENT"), "public"))]
	if host := os.Getenv("ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST"); host != "" {
		configuration.ActiveDirectoryAuthorityHost = host
	}
	audience := orElse(os.Getenv("ARM_RESOURCE_MANAGER_AUDIENCE"), configuration.Services[cloud.ResourceManager].Audience)
	credential, err := azapiChain(azcore.ClientOptions{Cloud: configuration})
	if err != nil {
		return nil, err
	}
	scopes := map[string]string{
		"resource-manager": audience,
		"key-vault":        "https://vault.azure.net",
		"storage":          "https://storage.azure.com",
		"graph":            "https://graph.microsoft.com",
	}
	return func(ctx context.Context, api string) (string, error) {
		scope := strings.TrimSuffix(scopes[api], "/") + "/.default"
		token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
		return token.Token, err
	}, nil
}

func azapiChain(options azcore.ClientOptions) (azcore.TokenCredential, error) {
	isOn := func(name string, usual bool) bool { return orElse(os.Getenv(name), fmt.Sprint(usual)) == "true" }
	tenant := os.Getenv("ARM_TENANT_ID")
	client, err := valueOrFile("ARM_CLIENT_ID", os.Getenv("ARM_CLIENT_ID_FILE_PATH"))
	if err != nil {
		return nil, err
	}
	client = orElse(client, os.Getenv("AZURE_CLIENT_ID"))
	isDisabled := isOn("ARM_DISABLE_INSTANCE_DISCOVERY", false)
	asserting := func(assertion func(context.Context) (string, error)) (azcore.TokenCredential, error) {
		return azidentity.NewClientAssertionCredential(tenant, client, assertion,
			&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: isDisabled})
	}
	chain := []azcore.TokenCredential{}
	add := func(credential azcore.TokenCredential, err error) {
		if err == nil {
			chain = append(chain, credential)
		}
	}
	if isOn("ARM_USE_OIDC", false) {
		if plain := os.Getenv("ARM_OIDC_TOKEN"); plain != "" {
			add(asserting(func(context.Context) (string, error) { return plain, nil }))
		}
		file := os.Getenv("ARM_OIDC_TOKEN_FILE_PATH")
		add(azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
			TenantID: tenant, ClientID: client, TokenFilePath: file, ClientOptions: options, DisableInstanceDiscovery: isDisabled}))
		bearer := first("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN")
		address := first("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
		connection := first("ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")
		if connection != "" {
			add(azidentity.NewAzurePipelinesCredential(tenant, client, connection, bearer,
				&azidentity.AzurePipelinesCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: isDisabled}))
		} else if address != "" && bearer != "" {
			add(asserting(func(ctx context.Context) (string, error) { return askGitHub(ctx, address, bearer) }))
		}
	}
	secret, err := valueOrFile("ARM_CLIENT_SECRET", os.Getenv("ARM_CLIENT_SECRET_FILE_PATH"))
	if err == nil {
		add(azidentity.NewClientSecretCredential(tenant, client, secret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: isDisabled}))
	}
	add(azapiCertificate(tenant, client, options, isDisabled))
	if isOn("ARM_USE_MSI", false) {
		managed := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if client != "" {
			managed.ID = azidentity.ClientID(client)
		}
		add(azidentity.NewManagedIdentityCredential(managed))
	}
	if isOn("ARM_USE_CLI", true) {
		add(azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: tenant}))
	}
	return azidentity.NewChainedTokenCredential(chain, &azidentity.ChainedTokenCredentialOptions{RetrySources: true})
}

func azapiCertificate(tenant string, client string, options azcore.ClientOptions, isDisabled bool) (azcore.TokenCredential, error) {
	data, err := base64.StdEncoding.DecodeString(os.Getenv("ARM_CLIENT_CERTIFICATE"))
	if path := os.Getenv("ARM_CLIENT_CERTIFICATE_PATH"); path != "" && len(data) == 0 {
		data, err = os.ReadFile(path)
	}
	if err != nil || len(data) == 0 {
		return nil, errors.New("no client certificate available")
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(os.Getenv("ARM_CLIENT_CERTIFICATE_PASSWORD")))
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientCertificateCredential(tenant, client, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: isDisabled})
}

func askGitHub(ctx context.Context, address string, bearer string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", err
	}
	query, err := url.ParseQuery(request.URL.RawQuery)
	if err != nil {
		return "", err
	}
	if query.Get("audience") == "" {
		query.Set("audience", "api://AzureADTokenExchange")
		request.URL.RawQuery = query.Encode()
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return "", fmt.Errorf("getAssertion: received HTTP status %d", answer.StatusCode)
	}
	var got struct{ Value string }
	err = json.NewDecoder(answer.Body).Decode(&got)
	return got.Value, err
}
