//! Decisions of every story: the input of the workflow says which.

use aws_sdk_swf::error::BuildError;
use aws_sdk_swf::types::{
    ActivityType, CancelWorkflowExecutionDecisionAttributes,
    CompleteWorkflowExecutionDecisionAttributes, ContinueAsNewWorkflowExecutionDecisionAttributes,
    Decision, DecisionType, EventType, HistoryEvent, ScheduleActivityTaskDecisionAttributes,
    StartChildWorkflowExecutionDecisionAttributes, StartTimerDecisionAttributes, WorkflowType,
};

pub fn flow() -> Result<WorkflowType, BuildError> {
    WorkflowType::builder().name("flow").version("1").build()
}

pub fn work() -> Result<ActivityType, BuildError> {
    ActivityType::builder().name("work").version("1").build()
}

pub fn decide(events: &[HistoryEvent]) -> Result<Vec<Decision>, BuildError> {
    let started = events[0].workflow_execution_started_event_attributes();
    let story = started.and_then(|a| a.input()).unwrap_or_default();
    let last = last_news(events);
    let decision = match last.event_type() {
        EventType::WorkflowExecutionStarted => return begin(story),
        EventType::ActivityTaskFailed | EventType::ActivityTaskTimedOut => schedule(2, story)?,
        EventType::ActivityTaskCompleted => complete(
            last.activity_task_completed_event_attributes()
                .and_then(|a| a.result()),
        )?,
        EventType::TimerFired => complete(Some("the timer fired"))?,
        EventType::WorkflowExecutionSignaled => complete(
            last.workflow_execution_signaled_event_attributes()
                .and_then(|a| a.input()),
        )?,
        EventType::ChildWorkflowExecutionCompleted => complete(
            last.child_workflow_execution_completed_event_attributes()
                .and_then(|a| a.result()),
        )?,
        EventType::WorkflowExecutionCancelRequested => cancel()?,
        _ => return Ok(vec![]),
    };
    Ok(vec![decision])
}

fn last_news(events: &[HistoryEvent]) -> &HistoryEvent {
    events
        .iter()
        .rfind(|event| !event.event_type().as_str().starts_with("DecisionTask"))
        .expect("a history begins with its start")
}

fn begin(story: &str) -> Result<Vec<Decision>, BuildError> {
    let decision = match story {
        "hello" | "retry" | "heartbeat" => schedule(1, story)?,
        "timer" => start_timer()?,
        "child" => start_child()?,
        "child-input" => complete(Some("from the child"))?,
        "continue-as-new" => continue_as_new()?,
        "second-run" => complete(Some("from the second run"))?,
        "long-poll" => complete(Some("the poll woke up"))?,
        _ => return Ok(vec![]),
    };
    Ok(vec![decision])
}

fn schedule(attempt: u32, story: &str) -> Result<Decision, BuildError> {
    let attributes = ScheduleActivityTaskDecisionAttributes::builder()
        .activity_type(work()?)
        .activity_id(format!("attempt-{attempt}"))
        .input(story)
        .heartbeat_timeout(if story == "heartbeat" { "1" } else { "NONE" })
        .build()?;
    Decision::builder()
        .decision_type(DecisionType::ScheduleActivityTask)
        .schedule_activity_task_decision_attributes(attributes)
        .build()
}

fn start_timer() -> Result<Decision, BuildError> {
    let attributes = StartTimerDecisionAttributes::builder()
        .timer_id("t")
        .start_to_fire_timeout("1")
        .build()?;
    Decision::builder()
        .decision_type(DecisionType::StartTimer)
        .start_timer_decision_attributes(attributes)
        .build()
}

fn start_child() -> Result<Decision, BuildError> {
    let attributes = StartChildWorkflowExecutionDecisionAttributes::builder()
        .workflow_type(flow()?)
        .workflow_id("the-child")
        .input("child-input")
        .build()?;
    Decision::builder()
        .decision_type(DecisionType::StartChildWorkflowExecution)
        .start_child_workflow_execution_decision_attributes(attributes)
        .build()
}

fn continue_as_new() -> Result<Decision, BuildError> {
    let attributes = ContinueAsNewWorkflowExecutionDecisionAttributes::builder()
        .input("second-run")
        .build();
    Decision::builder()
        .decision_type(DecisionType::ContinueAsNewWorkflowExecution)
        .continue_as_new_workflow_execution_decision_attributes(attributes)
        .build()
}

fn complete(result: Option<&str>) -> Result<Decision, BuildError> {
    let attributes = CompleteWorkflowExecutionDecisionAttributes::builder()
        .set_result(result.map(String::from))
        .build();
    Decision::builder()
        .decision_type(DecisionType::CompleteWorkflowExecution)
        .complete_workflow_execution_decision_attributes(attributes)
        .build()
}

fn cancel() -> Result<Decision, BuildError> {
    let attributes = CancelWorkflowExecutionDecisionAttributes::builder()
        .details("as asked")
        .build();
    Decision::builder()
        .decision_type(DecisionType::CancelWorkflowExecution)
        .cancel_workflow_execution_decision_attributes(attributes)
        .build()
}
