// Decisions of every story: the input of the workflow says which. Both JavaScript SDKs use it,
// since they name structures alike.

export const flow = { name: "flow", version: "1" };
export const work = { name: "work", version: "1" };

export function decide(events) {
  const story = attributes(events[0]).input;
  const last = events.findLast((event) => !event.eventType.startsWith("DecisionTask"));
  switch (last.eventType) {
    case "WorkflowExecutionStarted":
      return begin(story);
    case "ActivityTaskFailed":
    case "ActivityTaskTimedOut":
      return [schedule(2, story)];
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

/** The attributes of an event, which has a member for each type. */
export function attributes(event) {
  return event[`${lowerFirst(event.eventType)}EventAttributes`];
}

function begin(story) {
  switch (story) {
    case "hello":
    case "retry":
    case "heartbeat":
      return [schedule(1, story)];
    case "timer":
      return [decision("StartTimer", { timerId: "t", startToFireTimeout: "1" })];
    case "child":
      return [
        decision("StartChildWorkflowExecution", {
          workflowType: flow,
          workflowId: "the-child",
          input: "child-input",
        }),
      ];
    case "child-input":
      return [complete("from the child")];
    case "continue-as-new":
      return [decision("ContinueAsNewWorkflowExecution", { input: "second-run" })];
    case "second-run":
      return [complete("from the second run")];
    case "long-poll":
      return [complete("the poll woke up")];
    default:
      return [];
  }
}

function schedule(attempt, story) {
  return decision("ScheduleActivityTask", {
    activityType: work,
    activityId: `attempt-${attempt}`,
    input: story,
    heartbeatTimeout: story === "heartbeat" ? "1" : "NONE",
  });
}

function complete(result) {
  return decision("CompleteWorkflowExecution", { result });
}

function decision(decisionType, members) {
  return { decisionType, [`${lowerFirst(decisionType)}DecisionAttributes`]: members };
}

function lowerFirst(text) {
  return text[0].toLowerCase() + text.slice(1);
}
