// The stories through the AWS SDK for Go 2. Endpoint, region and keys come from the environment.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/swf"
)

func main() {
	fmt.Println("version:", version("github.com/aws/aws-sdk-go-v2/service/swf"))
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client := swf.NewFromConfig(settings)
	failed := false
	for _, story := range stories {
		problem := "ok"
		if err := play(ctx, client, story); err != nil {
			failed = true
			problem = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Printf("%s: %s\n", story.name, problem)
	}
	if failed {
		os.Exit(1)
	}
}

// play plays a story in a domain of its own.
func play(ctx context.Context, client *swf.Client, story story) error {
	domain := aws.String(os.Getenv("SWF_DOMAIN") + "-" + story.name)
	stage := &stage{swf: client, ctx: ctx, domain: domain}
	if err := stage.register(); err != nil {
		return err
	}
	return story.play(stage)
}

func version(module string) string {
	build, _ := debug.ReadBuildInfo()
	for _, dependency := range build.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return "unknown"
}
