// Google's client library of Go, unchanged, as a later script of a job has it: prints an access token.
package main

import (
	"context"
	"fmt"
	"os"

	"cloud.google.com/go/auth/credentials"
)

func main() {
	options := &credentials.DetectOptions{Scopes: []string{"https://www.googleapis.com/auth/cloud-platform"}}
	found, err := credentials.DetectDefault(options)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	token, err := found.Token(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(token.Value)
}
