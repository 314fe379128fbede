// rclone with the one backend that is tried here: its own command line and its own reading of AWS credentials.
package main

import (
	_ "github.com/rclone/rclone/backend/s3"
	"github.com/rclone/rclone/cmd"
	_ "github.com/rclone/rclone/cmd/lsf"
)

func main() {
	cmd.Main()
}
