// npm install @aws-sdk/client-swf
// node domains.mjs http://127.0.0.1:4596        (or set AWS_ENDPOINT_URL_SWF instead)
import {
  DomainAlreadyExistsFault,
  ListDomainsCommand,
  RegisterDomainCommand,
  SWFClient,
} from "@aws-sdk/client-swf";

const swf = new SWFClient({
  endpoint: process.argv[2] ?? process.env.AWS_ENDPOINT_URL_SWF,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

try {
  await swf.send(
    new RegisterDomainCommand({ name: "javascript", workflowExecutionRetentionPeriodInDays: "1" }),
  );
} catch (error) {
  if (!(error instanceof DomainAlreadyExistsFault)) throw error;
}
const { domainInfos } = await swf.send(new ListDomainsCommand({ registrationStatus: "REGISTERED" }));
console.log(domainInfos.map((domain) => `${domain.name} ${domain.arn}`).join("\n"));
