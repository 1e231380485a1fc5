package stories;

import static stories.Decider.FLOW;
import static stories.Decider.WORK;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.services.swf.SwfClient;
import software.amazon.awssdk.services.swf.model.DefaultUndefinedException;
import software.amazon.awssdk.services.swf.model.DomainAlreadyExistsException;
import software.amazon.awssdk.services.swf.model.EventType;
import software.amazon.awssdk.services.swf.model.ExecutionStatus;
import software.amazon.awssdk.services.swf.model.HistoryEvent;
import software.amazon.awssdk.services.swf.model.PollForActivityTaskResponse;
import software.amazon.awssdk.services.swf.model.PollForDecisionTaskResponse;
import software.amazon.awssdk.services.swf.model.TypeAlreadyExistsException;
import software.amazon.awssdk.services.swf.model.TypeDeprecatedException;
import software.amazon.awssdk.services.swf.model.UnknownResourceException;
import software.amazon.awssdk.services.swf.model.WorkflowExecutionAlreadyStartedException;
import software.amazon.awssdk.services.swf.model.WorkflowExecutionInfo;

/** The stories through the AWS SDK for Java 2. Endpoint, region and keys come from the environment. */
public final class Stories {
    private static final String DECISIONS = "decisions";
    private static final String ACTIVITIES = "activities";

    private final SwfClient swf = SwfClient.create();
    private String domain;
    private int attempts;

    private interface Story {
        void play() throws Exception;
    }

    public static void main(String[] arguments) {
        System.out.println("version: " + VersionInfo.SDK_VERSION);
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
        swf.registerDomain(r -> r.name(domain).workflowExecutionRetentionPeriodInDays("1"));
        swf.registerWorkflowType(r -> r
                .domain(domain)
                .name(FLOW.name())
                .version(FLOW.version())
                .defaultTaskList(t -> t.name(DECISIONS))
                .defaultTaskStartToCloseTimeout("60")
                .defaultExecutionStartToCloseTimeout("600")
                .defaultChildPolicy("TERMINATE"));
        swf.registerActivityType(r -> r
                .domain(domain)
                .name(WORK.name())
                .version(WORK.version())
                .defaultTaskList(t -> t.name(ACTIVITIES))
                .defaultTaskStartToCloseTimeout("60")
                .defaultTaskScheduleToStartTimeout("60")
                .defaultTaskScheduleToCloseTimeout("60")
                .defaultTaskHeartbeatTimeout("NONE"));
    }

    /** Plays a workflow by single steps: (d)ecide, (w)ork, (s)ignal. */
    private void steps(String story, String steps, String result) {
        String runId = start(story);
        for (char step : steps.toCharArray()) {
            switch (step) {
                case 'd' -> decide();
                case 'w' -> work();
                default -> signal(story, "payload");
            }
        }
        expectCompleted(story, runId, result);
    }

    private void cancel() {
        String runId = start("cancel");
        decide();
        swf.requestCancelWorkflowExecution(r -> r.domain(domain).workflowId("cancel"));
        decide();
        HistoryEvent last = last(history("cancel", runId));
        expect(EventType.WORKFLOW_EXECUTION_CANCELED, last.eventType());
        expect("as asked", last.workflowExecutionCanceledEventAttributes().details());
    }

    /** Parent and child share the task list, so how many decisions it takes depends on their order. */
    private void child() {
        String runId = start("child");
        do {
            decide();
        } while (isOpen("child", runId));
        expectCompleted("child", runId, "from the child");
    }

    private void continueAsNew() {
        String first = start("continue-as-new");
        decide();
        HistoryEvent last = last(history("continue-as-new", first));
        expect(EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW, last.eventType());
        String second = last.workflowExecutionContinuedAsNewEventAttributes().newExecutionRunId();
        decide();
        expectCompleted("continue-as-new", second, "from the second run");
        expect(first, history("continue-as-new", second).get(0)
                .workflowExecutionStartedEventAttributes().continuedExecutionRunId());
    }

    /** A poll that begins before there is work is held, and gets the task when it comes. */
    private void longPoll() throws Exception {
        CompletableFuture<Void> decision = CompletableFuture.runAsync(this::decide);
        try {
            decision.get(2, TimeUnit.SECONDS);
            throw new AssertionError("the poll was not held");
        } catch (TimeoutException held) {
            String runId = start("long-poll");
            decision.get(10, TimeUnit.SECONDS);
            expectCompleted("long-poll", runId, "the poll woke up");
        }
    }

    /** An attempt that heartbeats once and then falls silent times out; its token is void. */
    private void heartbeat() {
        String runId = start("heartbeat");
        decide();
        String silent = takeActivity().taskToken();
        expect(false, swf.recordActivityTaskHeartbeat(r -> r.taskToken(silent).details("halfway"))
                .cancelRequested());
        decide();
        HistoryEvent timedOut = history("heartbeat", runId).stream()
                .filter(event -> event.eventType() == EventType.ACTIVITY_TASK_TIMED_OUT)
                .findFirst()
                .orElseThrow();
        expect("HEARTBEAT", timedOut.activityTaskTimedOutEventAttributes().timeoutTypeAsString());
        expect("halfway", timedOut.activityTaskTimedOutEventAttributes().details());
        expectFault(UnknownResourceException.class,
                () -> swf.respondActivityTaskCompleted(r -> r.taskToken(silent)));
        work();
        decide();
        expectCompleted("heartbeat", runId, "heartbeat after 1");
    }

    private void paging() {
        List<String> ids = IntStream.range(0, 5).mapToObj(i -> "paging-" + i).toList();
        ids.forEach(this::start);
        List<String> open = swf.listOpenWorkflowExecutionsPaginator(r -> r
                        .domain(domain)
                        .startTimeFilter(t -> t.oldestDate(Instant.EPOCH))
                        .tagFilter(t -> t.tag("paging"))
                        .maximumPageSize(2)
                        .reverseOrder(true))
                .executionInfos().stream().map(WorkflowExecutionInfo::execution)
                .map(execution -> execution.workflowId()).toList();
        expect(ids, open);
        ids.forEach(id -> swf.terminateWorkflowExecution(r -> r.domain(domain).workflowId(id)));
        long closed = swf.listClosedWorkflowExecutionsPaginator(r -> r
                        .domain(domain)
                        .closeTimeFilter(t -> t.oldestDate(Instant.EPOCH))
                        .closeStatusFilter(s -> s.status("TERMINATED"))
                        .maximumPageSize(2))
                .executionInfos().stream().count();
        expect(5L, closed);

        String runId = start("paging");
        for (int i = 0; i < 5; i++) {
            signal("paging", "signal " + i);
        }
        decide();
        List<Long> eventIds = history("paging", runId).stream().map(HistoryEvent::eventId).toList();
        expect(10L, (long) eventIds.size());
        expect(IntStream.rangeClosed(1, eventIds.size()).mapToObj(Long::valueOf).toList(), eventIds);
    }

    private void errors() {
        expectFault(UnknownResourceException.class,
                () -> swf.describeDomain(r -> r.name("no-such-domain")));
        expectFault(DomainAlreadyExistsException.class, this::register);
        expectFault(TypeAlreadyExistsException.class,
                () -> registerBare(FLOW.name()));
        registerBare("bare");
        expectFault(DefaultUndefinedException.class, () -> startBare());
        swf.deprecateWorkflowType(r -> r
                .domain(domain).workflowType(t -> t.name("bare").version("1")));
        expectFault(TypeDeprecatedException.class, () -> startBare());
        start("twice");
        expectFault(WorkflowExecutionAlreadyStartedException.class, () -> start("twice"));
    }

    private void registerBare(String name) {
        swf.registerWorkflowType(r -> r.domain(domain).name(name).version("1"));
    }

    private void startBare() {
        swf.startWorkflowExecution(r -> r
                .domain(domain)
                .workflowId("bare")
                .workflowType(t -> t.name("bare").version("1")));
    }

    private String start(String workflowId) {
        return swf.startWorkflowExecution(r -> r
                .domain(domain)
                .workflowId(workflowId)
                .workflowType(FLOW)
                .tagList(workflowId.split("-")[0])
                .input(workflowId)).runId();
    }

    private void signal(String workflowId, String input) {
        swf.signalWorkflowExecution(r -> r
                .domain(domain).workflowId(workflowId).signalName("go").input(input));
    }

    private void decide() {
        String token = null;
        List<HistoryEvent> events = new ArrayList<>();
        for (PollForDecisionTaskResponse page : swf.pollForDecisionTaskPaginator(r -> r
                .domain(domain).taskList(t -> t.name(DECISIONS)).maximumPageSize(3))) {
            token = token == null ? page.taskToken() : token;
            events.addAll(page.events());
        }
        String taskToken = token;
        swf.respondDecisionTaskCompleted(r -> r
                .taskToken(taskToken).decisions(Decider.decide(events)));
    }

    private PollForActivityTaskResponse takeActivity() {
        return swf.pollForActivityTask(r -> r.domain(domain).taskList(t -> t.name(ACTIVITIES)));
    }

    private void work() {
        PollForActivityTaskResponse task = takeActivity();
        attempts++;
        if (task.input().equals("retry") && attempts == 1) {
            swf.respondActivityTaskFailed(r -> r.taskToken(task.taskToken()).reason("not yet"));
        } else {
            swf.respondActivityTaskCompleted(r -> r
                    .taskToken(task.taskToken()).result(task.input() + " after " + attempts));
        }
    }

    private List<HistoryEvent> history(String workflowId, String runId) {
        return swf.getWorkflowExecutionHistoryPaginator(r -> r
                .domain(domain)
                .execution(e -> e.workflowId(workflowId).runId(runId))
                .maximumPageSize(3)).events().stream().toList();
    }

    private boolean isOpen(String workflowId, String runId) {
        return swf.describeWorkflowExecution(r -> r
                        .domain(domain).execution(e -> e.workflowId(workflowId).runId(runId)))
                .executionInfo().executionStatus() == ExecutionStatus.OPEN;
    }

    private void expectCompleted(String workflowId, String runId, String result) {
        HistoryEvent last = last(history(workflowId, runId));
        expect(EventType.WORKFLOW_EXECUTION_COMPLETED, last.eventType());
        expect(result, last.workflowExecutionCompletedEventAttributes().result());
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
