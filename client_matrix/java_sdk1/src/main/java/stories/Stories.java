package stories;

import static stories.Decider.FLOW;
import static stories.Decider.WORK;

import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.simpleworkflow.AmazonSimpleWorkflow;
import com.amazonaws.services.simpleworkflow.AmazonSimpleWorkflowClientBuilder;
import com.amazonaws.services.simpleworkflow.model.ActivityTask;
import com.amazonaws.services.simpleworkflow.model.ActivityTaskTimedOutEventAttributes;
import com.amazonaws.services.simpleworkflow.model.CloseStatusFilter;
import com.amazonaws.services.simpleworkflow.model.DecisionTask;
import com.amazonaws.services.simpleworkflow.model.DefaultUndefinedException;
import com.amazonaws.services.simpleworkflow.model.DeprecateWorkflowTypeRequest;
import com.amazonaws.services.simpleworkflow.model.DescribeDomainRequest;
import com.amazonaws.services.simpleworkflow.model.DescribeWorkflowExecutionRequest;
import com.amazonaws.services.simpleworkflow.model.DomainAlreadyExistsException;
import com.amazonaws.services.simpleworkflow.model.ExecutionTimeFilter;
import com.amazonaws.services.simpleworkflow.model.GetWorkflowExecutionHistoryRequest;
import com.amazonaws.services.simpleworkflow.model.History;
import com.amazonaws.services.simpleworkflow.model.HistoryEvent;
import com.amazonaws.services.simpleworkflow.model.ListClosedWorkflowExecutionsRequest;
import com.amazonaws.services.simpleworkflow.model.ListOpenWorkflowExecutionsRequest;
import com.amazonaws.services.simpleworkflow.model.PollForActivityTaskRequest;
import com.amazonaws.services.simpleworkflow.model.PollForDecisionTaskRequest;
import com.amazonaws.services.simpleworkflow.model.RecordActivityTaskHeartbeatRequest;
import com.amazonaws.services.simpleworkflow.model.RegisterActivityTypeRequest;
import com.amazonaws.services.simpleworkflow.model.RegisterDomainRequest;
import com.amazonaws.services.simpleworkflow.model.RegisterWorkflowTypeRequest;
import com.amazonaws.services.simpleworkflow.model.RequestCancelWorkflowExecutionRequest;
import com.amazonaws.services.simpleworkflow.model.RespondActivityTaskCompletedRequest;
import com.amazonaws.services.simpleworkflow.model.RespondActivityTaskFailedRequest;
import com.amazonaws.services.simpleworkflow.model.RespondDecisionTaskCompletedRequest;
import com.amazonaws.services.simpleworkflow.model.SignalWorkflowExecutionRequest;
import com.amazonaws.services.simpleworkflow.model.StartWorkflowExecutionRequest;
import com.amazonaws.services.simpleworkflow.model.TagFilter;
import com.amazonaws.services.simpleworkflow.model.TaskList;
import com.amazonaws.services.simpleworkflow.model.TerminateWorkflowExecutionRequest;
import com.amazonaws.services.simpleworkflow.model.TypeAlreadyExistsException;
import com.amazonaws.services.simpleworkflow.model.TypeDeprecatedException;
import com.amazonaws.services.simpleworkflow.model.UnknownResourceException;
import com.amazonaws.services.simpleworkflow.model.WorkflowExecution;
import com.amazonaws.services.simpleworkflow.model.WorkflowExecutionAlreadyStartedException;
import com.amazonaws.services.simpleworkflow.model.WorkflowExecutionInfo;
import com.amazonaws.services.simpleworkflow.model.WorkflowExecutionInfos;
import com.amazonaws.services.simpleworkflow.model.WorkflowType;
import com.amazonaws.util.VersionInfoUtils;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** The stories through the AWS SDK for Java 1, which takes the endpoint only from code. */
public final class Stories {
    private static final TaskList DECISIONS = new TaskList().withName("decisions");
    private static final TaskList ACTIVITIES = new TaskList().withName("activities");
    private static final WorkflowType BARE = new WorkflowType().withName("bare").withVersion("1");
    private static final ExecutionTimeFilter SINCE_1970 =
            new ExecutionTimeFilter().withOldestDate(new Date(0));

    private final AmazonSimpleWorkflow swf = AmazonSimpleWorkflowClientBuilder.standard()
            .withEndpointConfiguration(new EndpointConfiguration(
                    System.getenv("AWS_ENDPOINT_URL_SWF"), System.getenv("AWS_REGION")))
            .build();
    private String domain;
    private int attempts;

    private interface Story {
        void play() throws Exception;
    }

    public static void main(String[] arguments) {
        System.out.println("version: " + VersionInfoUtils.getVersion());
        System.exit(new Stories().playAll() ? 0 : 1);
    }

    private boolean playAll() {
        return play("hello", () -> steps("hello", "dwd", "hello after 1"))
                & play("retry", () -> steps("retry", "dwdwd", "retry after 2"))
                & play("timer", () -> steps("timer", "dd", "the timer fired"))
                & play("signal", () -> steps("signal", "dsd", "payload"))
                & play("cancel", this::cancel)
                & play("child", this::child)
                & play("continue-as-new", this::continueAsNew)
                & play("long-poll", this::longPoll)
                & play("heartbeat", this::heartbeat)
                & play("paging", this::paging)
                & play("errors", this::errors);
    }

    /** Plays a story in a domain of its own. */
    private boolean play(String name, Story story) {
        String problem = "ok";
        domain = System.getenv("SWF_DOMAIN") + "-" + name;
        attempts = 0;
        try {
            register();
            story.play();
        } catch (Exception | AssertionError failure) {
            problem = failure.toString().replace('\n', ' ');
        }
        System.out.println(name + ": " + problem);
        return problem.equals("ok");
    }

    private void register() {
        swf.registerDomain(new RegisterDomainRequest()
                .withName(domain)
                .withWorkflowExecutionRetentionPeriodInDays("1"));
        swf.registerWorkflowType(new RegisterWorkflowTypeRequest()
                .withDomain(domain)
                .withName(FLOW.getName())
                .withVersion(FLOW.getVersion())
                .withDefaultTaskList(DECISIONS)
                .withDefaultTaskStartToCloseTimeout("60")
                .withDefaultExecutionStartToCloseTimeout("600")
                .withDefaultChildPolicy("TERMINATE"));
        swf.registerActivityType(new RegisterActivityTypeRequest()
                .withDomain(domain)
                .withName(WORK.getName())
                .withVersion(WORK.getVersion())
                .withDefaultTaskList(ACTIVITIES)
                .withDefaultTaskStartToCloseTimeout("60")
                .withDefaultTaskScheduleToStartTimeout("60")
                .withDefaultTaskScheduleToCloseTimeout("60")
                .withDefaultTaskHeartbeatTimeout("NONE"));
    }

    /** Plays a workflow by single steps: (d)ecide, (w)ork, (s)ignal. */
    private void steps(String story, String steps, String result) {
        WorkflowExecution run = start(story);
        for (char step : steps.toCharArray()) {
            switch (step) {
                case 'd' -> decide();
                case 'w' -> work();
                default -> signal(story, "payload");
            }
        }
        expectCompleted(run, result);
    }

    private void cancel() {
        WorkflowExecution run = start("cancel");
        decide();
        swf.requestCancelWorkflowExecution(new RequestCancelWorkflowExecutionRequest()
                .withDomain(domain)
                .withWorkflowId("cancel"));
        decide();
        HistoryEvent last = last(history(run));
        expect("WorkflowExecutionCanceled", last.getEventType());
        expect("as asked", last.getWorkflowExecutionCanceledEventAttributes().getDetails());
    }

    /** Parent and child share the task list: how many decisions it takes depends on their order. */
    private void child() {
        WorkflowExecution run = start("child");
        do {
            decide();
        } while (isOpen(run));
        expectCompleted(run, "from the child");
    }

    private void continueAsNew() {
        WorkflowExecution first = start("continue-as-new");
        decide();
        HistoryEvent last = last(history(first));
        expect("WorkflowExecutionContinuedAsNew", last.getEventType());
        WorkflowExecution second = new WorkflowExecution()
                .withWorkflowId(first.getWorkflowId())
                .withRunId(last.getWorkflowExecutionContinuedAsNewEventAttributes()
                        .getNewExecutionRunId());
        decide();
        expectCompleted(second, "from the second run");
        expect(first.getRunId(), history(second).get(0)
                .getWorkflowExecutionStartedEventAttributes().getContinuedExecutionRunId());
    }

    /** A poll that begins before there is work is held, and gets the task when it comes. */
    private void longPoll() throws Exception {
        CompletableFuture<Void> decision = CompletableFuture.runAsync(this::decide);
        try {
            decision.get(2, TimeUnit.SECONDS);
            throw new AssertionError("the poll was not held");
        } catch (TimeoutException held) {
            WorkflowExecution run = start("long-poll");
            decision.get(10, TimeUnit.SECONDS);
            expectCompleted(run, "the poll woke up");
        }
    }

    /** An attempt that heartbeats once and then falls silent times out; its token is void. */
    private void heartbeat() {
        WorkflowExecution run = start("heartbeat");
        decide();
        String silent = takeActivity().getTaskToken();
        expect(false, swf.recordActivityTaskHeartbeat(new RecordActivityTaskHeartbeatRequest()
                .withTaskToken(silent)
                .withDetails("halfway")).isCancelRequested());
        decide();
        ActivityTaskTimedOutEventAttributes timeout = history(run).stream()
                .map(HistoryEvent::getActivityTaskTimedOutEventAttributes)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        expect("HEARTBEAT", timeout.getTimeoutType());
        expect("halfway", timeout.getDetails());
        expectFault(UnknownResourceException.class, () -> swf.respondActivityTaskCompleted(
                new RespondActivityTaskCompletedRequest().withTaskToken(silent)));
        work();
        decide();
        expectCompleted(run, "heartbeat after 1");
    }

    private void paging() {
        List<String> ids = IntStream.range(0, 5).mapToObj(i -> "paging-" + i).toList();
        ids.forEach(this::start);
        expect(ids, listOpen("paging"));
        ids.forEach(id -> swf.terminateWorkflowExecution(new TerminateWorkflowExecutionRequest()
                .withDomain(domain)
                .withWorkflowId(id)));
        expect(ids.size(), countTerminated());

        WorkflowExecution run = start("paging");
        ids.forEach(id -> signal("paging", id));
        decide();
        List<Long> eventIds = history(run).stream().map(HistoryEvent::getEventId).toList();
        expect(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L), eventIds);
    }

    private List<String> listOpen(String tag) {
        ListOpenWorkflowExecutionsRequest request = new ListOpenWorkflowExecutionsRequest()
                .withDomain(domain)
                .withStartTimeFilter(SINCE_1970)
                .withTagFilter(new TagFilter().withTag(tag))
                .withMaximumPageSize(2)
                .withReverseOrder(true);
        List<String> ids = new ArrayList<>();
        do {
            WorkflowExecutionInfos page = swf.listOpenWorkflowExecutions(request);
            for (WorkflowExecutionInfo info : page.getExecutionInfos()) {
                ids.add(info.getExecution().getWorkflowId());
            }
            request.setNextPageToken(page.getNextPageToken());
        } while (request.getNextPageToken() != null);
        return ids;
    }

    private int countTerminated() {
        ListClosedWorkflowExecutionsRequest request = new ListClosedWorkflowExecutionsRequest()
                .withDomain(domain)
                .withCloseTimeFilter(SINCE_1970)
                .withCloseStatusFilter(new CloseStatusFilter().withStatus("TERMINATED"))
                .withMaximumPageSize(2);
        int count = 0;
        do {
            WorkflowExecutionInfos page = swf.listClosedWorkflowExecutions(request);
            count += page.getExecutionInfos().size();
            request.setNextPageToken(page.getNextPageToken());
        } while (request.getNextPageToken() != null);
        return count;
    }

    private void errors() {
        expectFault(UnknownResourceException.class,
                () -> swf.describeDomain(new DescribeDomainRequest().withName("no-such-domain")));
        expectFault(DomainAlreadyExistsException.class, this::register);
        expectFault(TypeAlreadyExistsException.class, () -> registerBare(FLOW.getName()));
        registerBare(BARE.getName());
        expectFault(DefaultUndefinedException.class, () -> start("bare", BARE));
        swf.deprecateWorkflowType(new DeprecateWorkflowTypeRequest()
                .withDomain(domain)
                .withWorkflowType(BARE));
        expectFault(TypeDeprecatedException.class, () -> start("bare", BARE));
        start("twice");
        expectFault(WorkflowExecutionAlreadyStartedException.class, () -> start("twice"));
    }

    private void registerBare(String name) {
        swf.registerWorkflowType(new RegisterWorkflowTypeRequest()
                .withDomain(domain)
                .withName(name)
                .withVersion("1"));
    }

    private WorkflowExecution start(String workflowId) {
        return start(workflowId, FLOW);
    }

    private WorkflowExecution start(String workflowId, WorkflowType type) {
        String runId = swf.startWorkflowExecution(new StartWorkflowExecutionRequest()
                .withDomain(domain)
                .withWorkflowId(workflowId)
                .withWorkflowType(type)
                .withTagList(workflowId.split("-")[0])
                .withInput(workflowId)).getRunId();
        return new WorkflowExecution().withWorkflowId(workflowId).withRunId(runId);
    }

    private void signal(String workflowId, String input) {
        swf.signalWorkflowExecution(new SignalWorkflowExecutionRequest()
                .withDomain(domain)
                .withWorkflowId(workflowId)
                .withSignalName("go")
                .withInput(input));
    }

    private void decide() {
        PollForDecisionTaskRequest request = new PollForDecisionTaskRequest()
                .withDomain(domain)
                .withTaskList(DECISIONS)
                .withMaximumPageSize(3);
        List<HistoryEvent> events = new ArrayList<>();
        DecisionTask page;
        do {
            page = swf.pollForDecisionTask(request);
            events.addAll(page.getEvents());
            request.setNextPageToken(page.getNextPageToken());
        } while (request.getNextPageToken() != null);
        swf.respondDecisionTaskCompleted(new RespondDecisionTaskCompletedRequest()
                .withTaskToken(page.getTaskToken())
                .withDecisions(Decider.decide(events)));
    }

    private ActivityTask takeActivity() {
        return swf.pollForActivityTask(new PollForActivityTaskRequest()
                .withDomain(domain)
                .withTaskList(ACTIVITIES));
    }

    private void work() {
        ActivityTask task = takeActivity();
        attempts++;
        if (task.getInput().equals("retry") && attempts == 1) {
            swf.respondActivityTaskFailed(new RespondActivityTaskFailedRequest()
                    .withTaskToken(task.getTaskToken())
                    .withReason("not yet"));
        } else {
            swf.respondActivityTaskCompleted(new RespondActivityTaskCompletedRequest()
                    .withTaskToken(task.getTaskToken())
                    .withResult(task.getInput() + " after " + attempts));
        }
    }

    private List<HistoryEvent> history(WorkflowExecution run) {
        GetWorkflowExecutionHistoryRequest request = new GetWorkflowExecutionHistoryRequest()
                .withDomain(domain)
                .withExecution(run)
                .withMaximumPageSize(3);
        List<HistoryEvent> events = new ArrayList<>();
        do {
            History page = swf.getWorkflowExecutionHistory(request);
            events.addAll(page.getEvents());
            request.setNextPageToken(page.getNextPageToken());
        } while (request.getNextPageToken() != null);
        return events;
    }

    private boolean isOpen(WorkflowExecution run) {
        return swf.describeWorkflowExecution(new DescribeWorkflowExecutionRequest()
                .withDomain(domain)
                .withExecution(run)).getExecutionInfo().getExecutionStatus().equals("OPEN");
    }

    private void expectCompleted(WorkflowExecution run, String result) {
        HistoryEvent last = last(history(run));
        expect("WorkflowExecutionCompleted", last.getEventType());
        expect(result, last.getWorkflowExecutionCompletedEventAttributes().getResult());
    }

    private static HistoryEvent last(List<HistoryEvent> events) {
        return events.get(events.size() - 1);
    }

    private static void expect(Object expected, Object got) {
        if (!Objects.equals(expected, got)) {
            throw new AssertionError("expected " + expected + ", got " + got);
        }
    }

    private static void expectFault(Class<? extends Exception> fault, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException failure) {
            if (failure.getClass() == fault) {
                return;
            }
            throw failure;
        }
        throw new AssertionError("no " + fault.getSimpleName());
    }
}
