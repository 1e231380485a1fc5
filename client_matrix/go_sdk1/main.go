// The stories through the AWS SDK for Go 1, which takes the endpoint only from code.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/swf"
)

func main() {
	fmt.Println("version:", aws.SDKVersion)
	endpoint := aws.NewConfig().WithEndpoint(os.Getenv("AWS_ENDPOINT_URL_SWF"))
	session, err := session.NewSession(endpoint)
	if err != nil {
		log.Fatal(err)
	}
	client := swf.New(session)
	failed := false
	for _, story := range stories {
		problem := "ok"
		if err := play(client, story); err != nil {
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
func play(client *swf.SWF, story story) error {
	domain := aws.String(os.Getenv("SWF_DOMAIN") + "-" + story.name)
	stage := &stage{swf: client, domain: domain}
	if err := stage.register(); err != nil {
		return err
	}
	return story.play(stage)
}
