// software.amazon.awssdk:swf, version 2. Since 2.28 the SDK also reads AWS_ENDPOINT_URL_SWF.
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.swf.SwfClient;
import software.amazon.awssdk.services.swf.model.RegistrationStatus;

public final class Domains {
    public static void main(String[] arguments) {
        try (SwfClient swf = SwfClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:4596"))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("test", "test")))
                .build()) {
            swf.listDomains(request -> request.registrationStatus(RegistrationStatus.REGISTERED))
                    .domainInfos()
                    .forEach(domain -> System.out.println(domain.name() + " " + domain.arn()));
        }
    }
}
