// The stories through the AWS SDK for JavaScript v3; needs nothing but Node.js and the package.
//
// node javascript_stories.mjs --endpoint-url URL --region REGION --domain NAME
// CLIENT_MODULES names the folder node_modules that holds @aws-sdk/client-swf.

import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";

const require = createRequire(join(process.env.CLIENT_MODULES ?? process.cwd(), "here.js"));
const sdk = require("@aws-sdk/client-swf");

const { values: options } = parseArgs({
  options: {
    "endpoint-url": { type: "string" },
    region: { type: "string", default: "us-east-1" },
    domain: { type: "string" },
  },
});
const domain = options.domain;
const flow = { name: "flow", version: "1" };
const work = { name: "work", version: "1" };
const decisions = { name: "decisions" };
const activities = { name: "activities" };

const client = new sdk.SWFClient({
  endpoint: options["endpoint-url"],
  region: options.region,
  credentials: { accessKeyId: "conformance", secretAccessKey: "conformance" },
  maxAttempts: 1,
});
const send = (name, input) => client.send(new sdk[`${name}Command`](input));

async function register(name) {
  await send("RegisterDomain", { name, workflowExecutionRetentionPeriodInDays: "1" });
  await send("RegisterWorkflowType", {
    domain: name,
    ...flow,
    defaultTaskList: decisions,
    defaultTaskStartToCloseTimeout: "60",
    defaultExecutionStartToCloseTimeout: "600",
    defaultChildPolicy: "TERMINATE",
  });
  await send("RegisterActivityType", {
    domain: name,
    ...work,
    defaultTaskList: activities,
    defaultTaskStartToCloseTimeout: "60",
    defaultTaskScheduleToStartTimeout: "60",
    defaultTaskScheduleToCloseTimeout: "60",
    defaultTaskHeartbeatTimeout: "NONE",
  });
}

const lower = (kind) => kind[0].toLowerCase() + kind.slice(1);
const attributes = (event) => event[`${lower(event.eventType)}EventAttributes`];
const decision = (kind, members) => ({
  decisionType: kind,
  [`${lower(kind)}DecisionAttributes`]: members,
});
const schedule = (activityId, input) =>
  decision("ScheduleActivityTask", { activityId, activityType: work, input });
const complete = (result) => decision("CompleteWorkflowExecution", { result });

function first(story) {
  switch (story) {
    case "timer":
      return [decision("StartTimer", { timerId: "t", startToFireTimeout: "1" })];
    case "child":
      return [
        decision("StartChildWorkflowExecution", {
          workflowId: "the-child",
          workflowType: flow,
          input: "grown",
        }),
      ];
    case "grown":
      return [complete("from the child")];
    case "hello":
    case "retry":
      return [schedule("attempt-1", story)];
    default:
      return [];
  }
}

function decide(events) {
  const story = attributes(events[0]).input;
  const last = events.findLast((event) => !event.eventType.startsWith("DecisionTask"));
  switch (last.eventType) {
    case "WorkflowExecutionStarted":
      return first(story);
    case "ActivityTaskFailed":
      return [schedule("attempt-2", story)];
    case "ActivityTaskCompleted":
    case "ChildWorkflowExecutionCompleted":
      return [complete(attributes(last).result)];
    case "TimerFired":
      return [complete("the timer fired")];
    case "WorkflowExecutionSignaled":
      return [complete(attributes(last).input)];
    case "WorkflowExecutionCancelRequested":
      return [decision("CancelWorkflowExecution", { details: "as asked" })];
    default:
      return [];
  }
}

async function takeDecision() {
  const input = { domain, taskList: decisions, identity: "javascript", maximumPageSize: 2 };
  let token;
  const events = [];
  for await (const page of sdk.paginatePollForDecisionTask({ client }, input)) {
    token = page.taskToken ?? token;
    events.push(...(page.events ?? []));
  }
  await send("RespondDecisionTaskCompleted", { taskToken: token, decisions: decide(events) });
}

let attempts = 0;

async function takeActivity() {
  const task = await send("PollForActivityTask", { domain, taskList: activities });
  const taskToken = task.taskToken;
  await send("RecordActivityTaskHeartbeat", { taskToken, details: "begun" });
  attempts += 1;
  if (task.input === "retry" && attempts === 1) {
    await send("RespondActivityTaskFailed", { taskToken, reason: "not yet" });
  } else {
    const result = `${task.input} after ${attempts}`;
    await send("RespondActivityTaskCompleted", { taskToken, result });
  }
}

async function history(workflowId, runId) {
  const execution = { workflowId, runId };
  const events = [];
  const input = { domain, execution };
  for await (const page of sdk.paginateGetWorkflowExecutionHistory({ client }, input)) {
    events.push(...page.events);
  }
  return events;
}

const start = (workflowId) =>
  send("StartWorkflowExecution", { domain, workflowId, workflowType: flow, input: workflowId });

const stories = [
  ["hello", "dwd", "WorkflowExecutionCompleted", "hello after 1"],
  ["timer", "dd", "WorkflowExecutionCompleted", "the timer fired"],
  ["signal", "dsd", "WorkflowExecutionCompleted", "payload"],
  ["child", "ddddd", "WorkflowExecutionCompleted", "from the child"],
  ["cancel", "dcd", "WorkflowExecutionCanceled", "as asked"],
  ["retry", "dwdwd", "WorkflowExecutionCompleted", "retry after 2"],
];

async function play([name, steps, closing, outcome]) {
  const { runId } = await start(name);
  attempts = 0;
  let last;
  for (const step of steps) {
    if (step === "d") await takeDecision();
    else if (step === "w") await takeActivity();
    else if (step === "s")
      await send("SignalWorkflowExecution", {
        domain,
        workflowId: name,
        signalName: "go",
        input: "payload",
      });
    else await send("RequestCancelWorkflowExecution", { domain, workflowId: name });
    last = (await history(name, runId)).at(-1);
    if (last.eventType === closing) break;
  }
  const got = attributes(last).result ?? attributes(last).details;
  if (last.eventType === closing && got === outcome && last.eventTimestamp instanceof Date) {
    return "";
  }
  return `expected ${closing} ${outcome}, got ${last.eventType} ${got}`;
}

async function refusal(fault, call) {
  try {
    await call();
  } catch (error) {
    return error instanceof sdk[fault] && error.name === fault ? "" : `got ${error}`;
  }
  return "no error";
}

let failed = 0;
function tell(what, problem) {
  failed += problem ? 1 : 0;
  console.log(`javascript ${what}: ${problem || "ok"}`);
}

await register(domain);
for (const story of stories) tell(story[0], await play(story));
await start("twice");
const refusals = [
  ["UnknownResourceFault", () => send("DescribeDomain", { name: "no-such-domain" })],
  ["DomainAlreadyExistsFault", () => register(domain)],
  ["WorkflowExecutionAlreadyStartedFault", () => start("twice")],
];
for (const [fault, call] of refusals) tell(fault, await refusal(fault, call));
process.exitCode = failed ? 1 : 0;
client.destroy();
