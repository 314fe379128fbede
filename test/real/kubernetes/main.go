// A cluster's servers as one program: etcd, kube-apiserver, kube-controller-manager or kube-scheduler, by its first argument.
package main

import (
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "etcd" {
		etcdmain.Main(os.Args[1:])
		return
	}
	command := &cobra.Command{Use: "kubernetes"}
	command.AddCommand(apiserver.NewAPIServerCommand(), controllers.NewControllerManagerCommand(), scheduler.NewSchedulerCommand())
	os.Exit(cli.Run(command))
}
