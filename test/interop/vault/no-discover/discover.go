// Package discover stands in for HashiCorp's go-discover: how Vault's raft storage finds its peers
// at twelve clouds. A Vault that keeps its storage in memory has no peers, and without the clouds'
// libraries it builds in a third of the time.
package discover

import (
	"errors"
	"log"
)

var errNone = errors.New("this Vault has no peers to discover")

type (
	Provider interface{}
	Config   map[string]string
	Discover struct{}
	Option   func(*Discover) error
)

var Providers = map[string]Provider{}

func New(...Option) (*Discover, error) { return &Discover{}, nil }

func WithProviders(map[string]Provider) Option { return nil }

func Parse(string) (Config, error) { return nil, errNone }

func (Config) String() string { return "" }

func (*Discover) Addrs(string, *log.Logger) ([]string, error) { return nil, errNone }
