// The stories through the AWS SDK for JavaScript 2, which takes the endpoint only from code.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import AWS from "aws-sdk";
import { attributes, decide, flow, work } from "./decider.mjs";

const decisions = { name: "decisions" };
const activities = { name: "activities" };
const swf = new AWS.SWF({ endpoint: process.env.AWS_ENDPOINT_URL_SWF });

/** A domain in which one story is played. */
class Stage {
  constructor(domain) {
    this.domain = domain;
    this.attempts = 0;
  }

  async register() {
    const { domain } = this;
    await swf
      .registerDomain({ name: domain, workflowExecutionRetentionPeriodInDays: "1" })
      .promise();
    await swf
      .registerWorkflowType({
        domain,
        ...flow,
        defaultTaskList: decisions,
        defaultTaskStartToCloseTimeout: "60",
        defaultExecutionStartToCloseTimeout: "600",
        defaultChildPolicy: "TERMINATE",
      })
      .promise();
    await swf
      .registerActivityType({
        domain,
        ...work,
        defaultTaskList: activities,
        defaultTaskStartToCloseTimeout: "60",
        defaultTaskScheduleToStartTimeout: "60",
        defaultTaskScheduleToCloseTimeout: "60",
        defaultTaskHeartbeatTimeout: "NONE",
      })
      .promise();
  }

  /** Plays a workflow by single steps: (d)ecide, (w)ork, (s)ignal. */
  async steps(story, steps, result) {
    const runId = await this.start(story);
    for (const step of steps) {
      if (step === "d") await this.decide();
      else if (step === "w") await this.work();
      else await this.signal(story, "payload");
    }
    await this.expectCompleted(story, runId, result);
  }

  async cancel() {
    const runId = await this.start("cancel");
    await this.decide();
    const { domain } = this;
    await swf.requestCancelWorkflowExecution({ domain, workflowId: "cancel" }).promise();
    await this.decide();
    const last = (await this.history("cancel", runId)).at(-1);
    assert.equal(last.eventType, "WorkflowExecutionCanceled");
    assert.equal(attributes(last).details, "as asked");
  }

  /** Parent and child share the task list: how many decisions it takes depends on their order. */
  async child() {
    const runId = await this.start("child");
    const { domain } = this;
    const execution = { workflowId: "child", runId };
    let described;
    do {
      await this.decide();
      described = await swf.describeWorkflowExecution({ domain, execution }).promise();
    } while (described.executionInfo.executionStatus === "OPEN");
    await this.expectCompleted("child", runId, "from the child");
  }

  async continueAsNew() {
    const first = await this.start("continue-as-new");
    await this.decide();
    const last = (await this.history("continue-as-new", first)).at(-1);
    assert.equal(last.eventType, "WorkflowExecutionContinuedAsNew");
    const second = attributes(last).newExecutionRunId;
    await this.decide();
    await this.expectCompleted("continue-as-new", second, "from the second run");
    const [started] = await this.history("continue-as-new", second);
    assert.equal(attributes(started).continuedExecutionRunId, first);
    assert.ok(started.eventTimestamp instanceof Date);
  }

  /** A poll that begins before there is work is held, and gets the task when it comes. */
  async longPoll() {
    const decision = this.decide();
    const held = await Promise.race([decision.then(() => false), sleep(2000, true)]);
    assert.ok(held, "the poll was not held");
    const runId = await this.start("long-poll");
    await decision;
    await this.expectCompleted("long-poll", runId, "the poll woke up");
  }

  /** An attempt that heartbeats once and then falls silent times out; its token is void. */
  async heartbeat() {
    const runId = await this.start("heartbeat");
    await this.decide();
    const { taskToken } = await this.takeActivity();
    const beat = { taskToken, details: "halfway" };
    const { cancelRequested } = await swf.recordActivityTaskHeartbeat(beat).promise();
    assert.equal(cancelRequested, false);
    await this.decide();
    const events = await this.history("heartbeat", runId);
    const timeout = attributes(events.find((event) => event.eventType === "ActivityTaskTimedOut"));
    assert.equal(timeout.timeoutType, "HEARTBEAT");
    assert.equal(timeout.details, "halfway");
    await expectFault("UnknownResourceFault", () =>
      swf.respondActivityTaskCompleted({ taskToken }).promise(),
    );
    await this.work();
    await this.decide();
    await this.expectCompleted("heartbeat", runId, "heartbeat after 1");
  }

  async paging() {
    const ids = [0, 1, 2, 3, 4].map((i) => `paging-${i}`);
    for (const id of ids) await this.start(id);
    const { domain } = this;
    const oldest = { oldestDate: new Date(0) };
    const open = await collect(
      swf.listOpenWorkflowExecutions({
        domain,
        startTimeFilter: oldest,
        tagFilter: { tag: "paging" },
        maximumPageSize: 2,
        reverseOrder: true,
      }),
      (page) => page.executionInfos,
    );
    assert.deepEqual(
      open.map((info) => info.execution.workflowId),
      ids,
    );
    for (const workflowId of ids)
      await swf.terminateWorkflowExecution({ domain, workflowId }).promise();
    const closed = await collect(
      swf.listClosedWorkflowExecutions({
        domain,
        closeTimeFilter: oldest,
        closeStatusFilter: { status: "TERMINATED" },
        maximumPageSize: 2,
      }),
      (page) => page.executionInfos,
    );
    assert.equal(closed.length, 5);

    const runId = await this.start("paging");
    for (const id of ids) await this.signal("paging", id);
    await this.decide();
    const eventIds = (await this.history("paging", runId)).map((event) => event.eventId);
    assert.deepEqual(eventIds, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  }

  async errors() {
    const { domain } = this;
    const bare = { name: "bare", version: "1" };
    const register = (type) => swf.registerWorkflowType({ domain, ...type }).promise();
    const start = () =>
      swf.startWorkflowExecution({ domain, workflowId: "bare", workflowType: bare }).promise();
    await expectFault("UnknownResourceFault", () =>
      swf.describeDomain({ name: "no-such-domain" }).promise(),
    );
    await expectFault("DomainAlreadyExistsFault", () => this.register());
    await expectFault("TypeAlreadyExistsFault", () => register(flow));
    await register(bare);
    await expectFault("DefaultUndefinedFault", start);
    await swf.deprecateWorkflowType({ domain, workflowType: bare }).promise();
    await expectFault("TypeDeprecatedFault", start);
    await this.start("twice");
    await expectFault("WorkflowExecutionAlreadyStartedFault", () => this.start("twice"));
  }

  /** Starts an execution and returns its run id. The part of the id before a dash is its tag. */
  async start(workflowId) {
    const { runId } = await swf
      .startWorkflowExecution({
        domain: this.domain,
        workflowId,
        workflowType: flow,
        tagList: [workflowId.split("-")[0]],
        input: workflowId,
      })
      .promise();
    return runId;
  }

  async signal(workflowId, input) {
    const { domain } = this;
    await swf.signalWorkflowExecution({ domain, workflowId, signalName: "go", input }).promise();
  }

  /** Takes one decision task, its history page by page, and answers it. */
  async decide() {
    const { domain } = this;
    const poll = swf.pollForDecisionTask({ domain, taskList: decisions, maximumPageSize: 3 });
    let taskToken;
    const events = await collect(poll, (page) => {
      taskToken ??= page.taskToken;
      return page.events ?? [];
    });
    await swf.respondDecisionTaskCompleted({ taskToken, decisions: decide(events) }).promise();
  }

  async takeActivity() {
    const { domain } = this;
    return swf.pollForActivityTask({ domain, taskList: activities }).promise();
  }

  async work() {
    const { taskToken, input } = await this.takeActivity();
    this.attempts += 1;
    if (input === "retry" && this.attempts === 1) {
      const reason = "not yet";
      await swf.respondActivityTaskFailed({ taskToken, reason }).promise();
    } else {
      const result = `${input} after ${this.attempts}`;
      await swf.respondActivityTaskCompleted({ taskToken, result }).promise();
    }
  }

  async history(workflowId, runId) {
    const { domain } = this;
    const execution = { workflowId, runId };
    const request = swf.getWorkflowExecutionHistory({ domain, execution, maximumPageSize: 3 });
    return collect(request, (page) => page.events);
  }

  async expectCompleted(workflowId, runId, result) {
    const last = (await this.history(workflowId, runId)).at(-1);
    assert.equal(last.eventType, "WorkflowExecutionCompleted");
    assert.equal(attributes(last).result, result);
  }
}

/** Reads every page with the paging of the SDK, which passes null after the last page. */
function collect(request, items) {
  const all = [];
  return new Promise((resolve, reject) => {
    request.eachPage((error, page) => {
      if (error) reject(error);
      else if (page) all.push(...items(page));
      else resolve(all);
    });
  });
}

async function expectFault(fault, call) {
  await assert.rejects(call, (error) => error.code === fault);
}

const stories = {
  hello: (stage) => stage.steps("hello", "dwd", "hello after 1"),
  retry: (stage) => stage.steps("retry", "dwdwd", "retry after 2"),
  timer: (stage) => stage.steps("timer", "dd", "the timer fired"),
  signal: (stage) => stage.steps("signal", "dsd", "payload"),
  cancel: (stage) => stage.cancel(),
  child: (stage) => stage.child(),
  "continue-as-new": (stage) => stage.continueAsNew(),
  "long-poll": (stage) => stage.longPoll(),
  heartbeat: (stage) => stage.heartbeat(),
  paging: (stage) => stage.paging(),
  errors: (stage) => stage.errors(),
};

console.log(`version: ${AWS.VERSION}`);
for (const [name, play] of Object.entries(stories)) {
  let problem = "ok";
  try {
    const stage = new Stage(`${process.env.SWF_DOMAIN}-${name}`);
    await stage.register();
    await play(stage);
  } catch (error) {
    problem = String(error).replaceAll("\n", " ");
    process.exitCode = 1;
  }
  console.log(`${name}: ${problem}`);
}
