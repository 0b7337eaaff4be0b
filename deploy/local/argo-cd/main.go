// Argo CD as plain processes, and a Redis for it, in one binary.
//
// The name it is started under decides which one it is, or else its first argument:
//
//	argo-cd application-controller --redis 127.0.0.1:6379 ...
//	ln -s argo-cd redis && ./redis 127.0.0.1:6379
//
// Redis is a cache to Argo CD: miniredis keeps it in memory, and nothing has to be installed.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/alicebob/miniredis/v2"
	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	server "github.com/argoproj/argo-cd/v3/cmd/argocd-server/commands"
	"github.com/spf13/cobra"
)

var components = []string{"application-controller", "repo-server", "server", "redis"}

func main() {
	name := filepath.Base(os.Args[0])
	if !slices.Contains(components, name) && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		name = os.Args[0]
	}
	switch name {
	case "application-controller":
		run(controller.NewCommand())
	case "repo-server":
		run(reposerver.NewCommand())
	case "server":
		run(server.NewCommand())
	case "redis":
		serveRedis()
	default:
		fmt.Fprintf(os.Stderr, "argo-cd: unknown component %q, choose one of %v\n", name, components)
		os.Exit(2)
	}
}

func run(command *cobra.Command) {
	if command.Execute() != nil { // cobra has said why
		os.Exit(1)
	}
}

func serveRedis() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: redis HOST:PORT")
		os.Exit(2)
	}
	redis := miniredis.NewMiniRedis()
	if err := redis.StartAddr(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	<-ended
	redis.Close()
}
