// go get github.com/aws/aws-sdk-go-v2/{config,credentials,service/swf}
// The SDK also reads AWS_ENDPOINT_URL_SWF; this program sets the endpoint in code.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/swf"
	"github.com/aws/aws-sdk-go-v2/service/swf/types"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion("us-east-1"),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")),
	)
	if err != nil {
		log.Fatal(err)
	}
	client := swf.NewFromConfig(cfg, func(o *swf.Options) {
		o.BaseEndpoint = aws.String("http://127.0.0.1:4596")
	})
	answer, err := client.ListDomains(ctx, &swf.ListDomainsInput{
		RegistrationStatus: types.RegistrationStatusRegistered,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, domain := range answer.DomainInfos {
		fmt.Println(*domain.Name, *domain.Arn)
	}
}
