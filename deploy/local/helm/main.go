// Helm, as its own main package builds it. A module of its own pins all that is built into it.
package main

import (
	"errors"
	"log/slog"
	"os"

	_ "k8s.io/client-go/plugin/pkg/client/auth" // whatever a kubeconfig may say

	"helm.sh/helm/v4/pkg/cmd"
)

func main() {
	command, err := cmd.NewRootCmd(os.Stdout, os.Args[1:], cmd.SetupLogging)
	if err != nil {
		slog.Error("cannot begin", slog.Any("error", err))
		os.Exit(1)
	}
	if err := command.Execute(); err != nil { // Helm has said why
		var known cmd.CommandError
		if errors.As(err, &known) {
			os.Exit(known.ExitCode)
		}
		os.Exit(1)
	}
}
