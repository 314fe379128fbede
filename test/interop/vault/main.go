// A Vault to try the token-exchange step at: Vault's own core, HTTP handler, JWT auth and key-value
// secrets as published, in memory and unsealed, as `vault server -dev` starts one. It listens on a
// port of its own on loopback and prints one line, its address and its root token, as JSON; it ends
// with its input.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/hashicorp/go-hclog"
	jwtauth "github.com/hashicorp/vault-plugin-auth-jwt"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/helper/metricsutil"
	"github.com/hashicorp/vault/helper/namespace"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

func main() {
	core, rootToken, err := unsealed()
	if err != nil {
		fail(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	handler := vaulthttp.Handler.Handler(&vault.HandlerProperties{
		Core:           core,
		ListenerConfig: &configutil.Listener{},
	})
	go func() { fail(http.Serve(listener, handler)) }()
	line, _ := json.Marshal(map[string]string{
		"address": "http://" + listener.Addr().String(),
		"token":   rootToken,
	})
	fmt.Println(string(line))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// unsealed starts a core in memory, initializes it with one key share and unseals it.
func unsealed() (*vault.Core, string, error) {
	logger := hclog.New(&hclog.LoggerOptions{Output: os.Stderr, Level: hclog.Error})
	storage, err := inmem.NewInmem(nil, logger)
	if err != nil {
		return nil, "", err
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:           storage,
		StorageType:        "inmem",
		Logger:             logger,
		DisableMlock:       true,
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory},
		CredentialBackends: map[string]logical.Factory{"jwt": jwtauth.Factory},
		BuiltinRegistry:    builtin{},
		MetricSink:         metricsutil.BlackholeSink(),
	})
	if err != nil {
		return nil, "", err
	}
	ctx := namespace.RootContext(context.Background())
	keys, err := core.Initialize(ctx, &vault.InitParams{
		BarrierConfig:  &vault.SealConfig{SecretShares: 1, SecretThreshold: 1, StoredShares: 1},
		RecoveryConfig: &vault.SealConfig{},
	})
	if err != nil {
		return nil, "", err
	}
	if _, err := core.Unseal(keys.SecretShares[0]); err != nil {
		return nil, "", err
	}
	return core, keys.RootToken, nil
}

// builtin is what is compiled into this Vault: the two plugins, by the names they are mounted under.
type builtin struct{}

var plugins = map[consts.PluginType]string{
	consts.PluginTypeCredential: "jwt",
	consts.PluginTypeSecrets:    "kv",
}

func (builtin) Contains(name string, kind consts.PluginType) bool {
	return name != "" && plugins[kind] == name
}

func (b builtin) Get(name string, kind consts.PluginType) (func() (interface{}, error), bool) {
	return func() (interface{}, error) { return nil, nil }, b.Contains(name, kind)
}

func (builtin) Keys(kind consts.PluginType) []string {
	if name, found := plugins[kind]; found {
		return []string{name}
	}
	return nil
}

func (b builtin) DeprecationStatus(name string, kind consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, b.Contains(name, kind)
}

func (builtin) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
