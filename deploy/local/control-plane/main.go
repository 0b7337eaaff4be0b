// A Kubernetes control plane in one binary: etcd, kube-apiserver, kube-controller-manager and kubectl.
//
// The name it is started under decides which one it is, or else its first argument:
//
//	control-plane kube-apiserver --etcd-servers ...
//	ln -s control-plane kubectl && ./kubectl get namespaces
//
// Each runs as a process of its own, because the three share global feature gates.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

var components = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kubectl"}

func main() {
	name := filepath.Base(os.Args[0])
	if !slices.Contains(components, name) && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		name = os.Args[0]
	}
	switch name {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		run(apiserver.NewAPIServerCommand())
	case "kube-controller-manager":
		run(controllermanager.NewControllerManagerCommand())
	case "kubectl":
		run(kubectl.NewDefaultKubectlCommand())
	default:
		fmt.Fprintf(os.Stderr, "control-plane: unknown component %q, choose one of %v\n", name, components)
		os.Exit(2)
	}
}

func run(command *cobra.Command) {
	os.Exit(cli.Run(command))
}
