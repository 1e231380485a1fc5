//! A domain in which one story is played.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use aws_sdk_swf::Client;
use aws_sdk_swf::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_swf::operation::poll_for_activity_task::PollForActivityTaskOutput;
use aws_sdk_swf::primitives::DateTime;
use aws_sdk_swf::types::{
    ActivityTaskTimeoutType, ChildPolicy, CloseStatus, CloseStatusFilter, EventType,
    ExecutionStatus, ExecutionTimeFilter, HistoryEvent, TagFilter, TaskList, WorkflowExecution,
    WorkflowType,
};
use tokio::time::timeout;

use crate::decider::{decide, flow, work};

pub type Failure = Box<dyn Error + Send + Sync>;
pub type Outcome<T = ()> = Result<T, Failure>;

pub struct Stage {
    swf: Client,
    domain: String,
    attempts: u32,
}

impl Stage {
    pub fn new(swf: Client, domain: String) -> Self {
        Self {
            swf,
            domain,
            attempts: 0,
        }
    }

    /// Registers the domain and both types.
    pub async fn register(&self) -> Outcome {
        self.swf
            .register_domain()
            .name(&self.domain)
            .workflow_execution_retention_period_in_days("1")
            .send()
            .await?;
        self.swf
            .register_workflow_type()
            .domain(&self.domain)
            .name(flow()?.name())
            .version(flow()?.version())
            .default_task_list(task_list("decisions")?)
            .default_task_start_to_close_timeout("60")
            .default_execution_start_to_close_timeout("600")
            .default_child_policy(ChildPolicy::Terminate)
            .send()
            .await?;
        self.swf
            .register_activity_type()
            .domain(&self.domain)
            .name(work()?.name())
            .version(work()?.version())
            .default_task_list(task_list("activities")?)
            .default_task_start_to_close_timeout("60")
            .default_task_schedule_to_start_timeout("60")
            .default_task_schedule_to_close_timeout("60")
            .default_task_heartbeat_timeout("NONE")
            .send()
            .await?;
        Ok(())
    }

    /// Plays a workflow by single steps: (d)ecide, (w)ork, (s)ignal.
    pub async fn steps(&mut self, story: &str, steps: &str, result: &str) -> Outcome {
        let run_id = self.start(story).await?;
        for step in steps.chars() {
            match step {
                'd' => self.decide().await?,
                'w' => self.work().await?,
                _ => self.signal(story, "payload").await?,
            }
        }
        self.expect_completed(story, &run_id, result).await
    }

    pub async fn cancel(&self) -> Outcome {
        let run_id = self.start("cancel").await?;
        self.decide().await?;
        self.swf
            .request_cancel_workflow_execution()
            .domain(&self.domain)
            .workflow_id("cancel")
            .send()
            .await?;
        self.decide().await?;
        let last = self
            .last("cancel", &run_id, EventType::WorkflowExecutionCanceled)
            .await?;
        let canceled = last.workflow_execution_canceled_event_attributes();
        expect(Some("as asked"), canceled.and_then(|a| a.details()))
    }

    /// Parent and child share the task list: how many decisions it takes depends on their order.
    pub async fn child(&self) -> Outcome {
        let run_id = self.start("child").await?;
        loop {
            self.decide().await?;
            let described = self
                .swf
                .describe_workflow_execution()
                .domain(&self.domain)
                .execution(execution("child", &run_id)?)
                .send()
                .await?;
            let info = described.execution_info().ok_or("no execution info")?;
            if *info.execution_status() == ExecutionStatus::Closed {
                return self
                    .expect_completed("child", &run_id, "from the child")
                    .await;
            }
        }
    }

    pub async fn continue_as_new(&self) -> Outcome {
        let name = "continue-as-new";
        let first = self.start(name).await?;
        self.decide().await?;
        let last = self
            .last(name, &first, EventType::WorkflowExecutionContinuedAsNew)
            .await?;
        let second = last
            .workflow_execution_continued_as_new_event_attributes()
            .ok_or("no attributes")?
            .new_execution_run_id();
        self.decide().await?;
        self.expect_completed(name, second, "from the second run")
            .await?;
        let events = self.history(name, second).await?;
        let started = events[0].workflow_execution_started_event_attributes();
        expect(
            Some(first.as_str()),
            started.and_then(|a| a.continued_execution_run_id()),
        )
    }

    /// A poll that begins before there is work is held, and gets the task when it comes.
    pub async fn long_poll(&self) -> Outcome {
        let mut decision = std::pin::pin!(self.decide());
        if timeout(Duration::from_secs(2), &mut decision).await.is_ok() {
            return Err("the poll was not held".into());
        }
        let run_id = self.start("long-poll").await?;
        timeout(Duration::from_secs(10), decision).await??;
        self.expect_completed("long-poll", &run_id, "the poll woke up")
            .await
    }

    /// An attempt that heartbeats once and then falls silent times out; its token is void.
    pub async fn heartbeat(&mut self) -> Outcome {
        let run_id = self.start("heartbeat").await?;
        self.decide().await?;
        let silent = self.take_activity().await?;
        let beat = self
            .swf
            .record_activity_task_heartbeat()
            .task_token(silent.task_token())
            .details("halfway")
            .send()
            .await?;
        expect(false, beat.cancel_requested())?;
        self.decide().await?;
        let events = self.history("heartbeat", &run_id).await?;
        let timed_out = events
            .iter()
            .find_map(|event| event.activity_task_timed_out_event_attributes())
            .ok_or("no timeout")?;
        expect(
            &ActivityTaskTimeoutType::Heartbeat,
            timed_out.timeout_type(),
        )?;
        expect(Some("halfway"), timed_out.details())?;
        let late = self
            .swf
            .respond_activity_task_completed()
            .task_token(silent.task_token())
            .send()
            .await;
        expect_fault(late, |error| error.is_unknown_resource_fault())?;
        self.work().await?;
        self.decide().await?;
        self.expect_completed("heartbeat", &run_id, "heartbeat after 1")
            .await
    }

    pub async fn paging(&self) -> Outcome {
        let ids: Vec<String> = (0..5).map(|i| format!("paging-{i}")).collect();
        for id in &ids {
            self.start(id).await?;
        }
        expect(&ids, &self.list_open("paging").await?)?;
        for id in &ids {
            self.swf
                .terminate_workflow_execution()
                .domain(&self.domain)
                .workflow_id(id)
                .send()
                .await?;
        }
        expect(ids.len(), self.count_terminated().await?)?;

        let run_id = self.start("paging").await?;
        for id in &ids {
            self.signal("paging", id).await?;
        }
        self.decide().await?;
        let events = self.history("paging", &run_id).await?;
        let event_ids: Vec<i64> = events.iter().map(HistoryEvent::event_id).collect();
        expect((1..=10).collect(), event_ids)
    }

    async fn list_open(&self, tag: &str) -> Outcome<Vec<String>> {
        let mut pages = self
            .swf
            .list_open_workflow_executions()
            .domain(&self.domain)
            .start_time_filter(since_1970()?)
            .tag_filter(TagFilter::builder().tag(tag).build()?)
            .reverse_order(true)
            .into_paginator()
            .page_size(2)
            .send();
        let mut ids = vec![];
        while let Some(page) = pages.next().await {
            for info in page?.execution_infos() {
                ids.extend(info.execution().map(|e| e.workflow_id().to_owned()));
            }
        }
        Ok(ids)
    }

    async fn count_terminated(&self) -> Outcome<usize> {
        let terminated = CloseStatusFilter::builder()
            .status(CloseStatus::Terminated)
            .build()?;
        let mut pages = self
            .swf
            .list_closed_workflow_executions()
            .domain(&self.domain)
            .close_time_filter(since_1970()?)
            .close_status_filter(terminated)
            .into_paginator()
            .page_size(2)
            .send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += page?.execution_infos().len();
        }
        Ok(count)
    }

    pub async fn errors(&self) -> Outcome {
        let unknown = self
            .swf
            .describe_domain()
            .name("no-such-domain")
            .send()
            .await;
        expect_fault(unknown, |error| error.is_unknown_resource_fault())?;

        let domain = self
            .swf
            .register_domain()
            .name(&self.domain)
            .workflow_execution_retention_period_in_days("1")
            .send()
            .await;
        expect_fault(domain, |error| error.is_domain_already_exists_fault())?;

        let register = |kind: &WorkflowType| {
            self.swf
                .register_workflow_type()
                .domain(&self.domain)
                .name(kind.name())
                .version(kind.version())
                .send()
        };
        let start = |id: &str, kind: &WorkflowType| {
            self.swf
                .start_workflow_execution()
                .domain(&self.domain)
                .workflow_id(id)
                .workflow_type(kind.clone())
                .send()
        };
        let bare = WorkflowType::builder().name("bare").version("1").build()?;
        expect_fault(register(&flow()?).await, |error| {
            error.is_type_already_exists_fault()
        })?;
        register(&bare).await?;
        expect_fault(start("bare", &bare).await, |error| {
            error.is_default_undefined_fault()
        })?;
        self.swf
            .deprecate_workflow_type()
            .domain(&self.domain)
            .workflow_type(bare.clone())
            .send()
            .await?;
        expect_fault(start("bare", &bare).await, |error| {
            error.is_type_deprecated_fault()
        })?;
        start("twice", &flow()?).await?;
        expect_fault(start("twice", &flow()?).await, |error| {
            error.is_workflow_execution_already_started_fault()
        })
    }

    /// Starts an execution and returns its run id. The part of the id before a dash is its tag.
    async fn start(&self, id: &str) -> Outcome<String> {
        let started = self
            .swf
            .start_workflow_execution()
            .domain(&self.domain)
            .workflow_id(id)
            .workflow_type(flow()?)
            .tag_list(id.split('-').next().unwrap_or(id))
            .input(id)
            .send()
            .await?;
        Ok(started.run_id().ok_or("no run id")?.to_owned())
    }

    async fn signal(&self, id: &str, input: &str) -> Outcome {
        self.swf
            .signal_workflow_execution()
            .domain(&self.domain)
            .workflow_id(id)
            .signal_name("go")
            .input(input)
            .send()
            .await?;
        Ok(())
    }

    /// Takes one decision task, its history page by page, and answers it.
    async fn decide(&self) -> Outcome {
        let mut pages = self
            .swf
            .poll_for_decision_task()
            .domain(&self.domain)
            .task_list(task_list("decisions")?)
            .into_paginator()
            .page_size(3)
            .send();
        let mut token = None;
        let mut events = vec![];
        while let Some(page) = pages.next().await {
            let page = page?;
            token = Some(page.task_token().to_owned());
            events.extend_from_slice(page.events());
        }
        self.swf
            .respond_decision_task_completed()
            .set_task_token(token)
            .set_decisions(Some(decide(&events)?))
            .send()
            .await?;
        Ok(())
    }

    async fn take_activity(&self) -> Outcome<PollForActivityTaskOutput> {
        let task = self
            .swf
            .poll_for_activity_task()
            .domain(&self.domain)
            .task_list(task_list("activities")?)
            .send()
            .await?;
        Ok(task)
    }

    async fn work(&mut self) -> Outcome {
        let task = self.take_activity().await?;
        let input = task.input().unwrap_or_default();
        self.attempts += 1;
        if input == "retry" && self.attempts == 1 {
            self.swf
                .respond_activity_task_failed()
                .task_token(task.task_token())
                .reason("not yet")
                .send()
                .await?;
        } else {
            self.swf
                .respond_activity_task_completed()
                .task_token(task.task_token())
                .result(format!("{input} after {}", self.attempts))
                .send()
                .await?;
        }
        Ok(())
    }

    async fn history(&self, id: &str, run_id: &str) -> Outcome<Vec<HistoryEvent>> {
        let mut pages = self
            .swf
            .get_workflow_execution_history()
            .domain(&self.domain)
            .execution(execution(id, run_id)?)
            .into_paginator()
            .page_size(3)
            .send();
        let mut events = vec![];
        while let Some(page) = pages.next().await {
            events.extend_from_slice(page?.events());
        }
        Ok(events)
    }

    /// Returns the last event, which must be of a type.
    async fn last(&self, id: &str, run_id: &str, kind: EventType) -> Outcome<HistoryEvent> {
        let last = self.history(id, run_id).await?.pop().ok_or("no events")?;
        expect(&kind, last.event_type())?;
        Ok(last)
    }

    async fn expect_completed(&self, id: &str, run_id: &str, result: &str) -> Outcome {
        let last = self
            .last(id, run_id, EventType::WorkflowExecutionCompleted)
            .await?;
        let completed = last.workflow_execution_completed_event_attributes();
        expect(Some(result), completed.and_then(|a| a.result()))
    }
}

fn task_list(name: &str) -> Outcome<TaskList> {
    Ok(TaskList::builder().name(name).build()?)
}

fn execution(id: &str, run_id: &str) -> Outcome<WorkflowExecution> {
    Ok(WorkflowExecution::builder()
        .workflow_id(id)
        .run_id(run_id)
        .build()?)
}

fn since_1970() -> Outcome<ExecutionTimeFilter> {
    Ok(ExecutionTimeFilter::builder()
        .oldest_date(DateTime::from_secs(0))
        .build()?)
}

fn expect<T: Debug + PartialEq>(expected: T, got: T) -> Outcome {
    if expected == got {
        return Ok(());
    }
    Err(format!("expected {expected:?}, got {got:?}").into())
}

/// Expects a service error of which the predicate is true.
fn expect_fault<T: Debug, E: ProvideErrorMetadata + Error + 'static>(
    answer: Result<T, aws_sdk_swf::error::SdkError<E>>,
    is_fault: impl Fn(&E) -> bool,
) -> Outcome {
    match answer {
        Err(error) if error.as_service_error().is_some_and(is_fault) => Ok(()),
        Err(error) => Err(DisplayErrorContext(error).to_string().into()),
        Ok(answer) => Err(format!("expected a fault, got {answer:?}").into()),
    }
}
