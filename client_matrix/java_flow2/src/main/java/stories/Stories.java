package stories;

import static java.util.Map.entry;
import static stories.Workflows.type;

import com.amazonaws.services.simpleworkflow.flow.ActivityWorker;
import com.amazonaws.services.simpleworkflow.flow.DynamicWorkflowClientExternal;
import com.amazonaws.services.simpleworkflow.flow.DynamicWorkflowClientExternalImpl;
import com.amazonaws.services.simpleworkflow.flow.StartWorkflowOptions;
import com.amazonaws.services.simpleworkflow.flow.WorkflowReplayer;
import com.amazonaws.services.simpleworkflow.flow.WorkflowWorker;
import com.amazonaws.services.simpleworkflow.flow.common.WorkflowExecutionUtils;
import com.amazonaws.services.simpleworkflow.flow.model.WorkflowExecution;
import com.amazonaws.services.simpleworkflow.flow.worker.GenericWorkflowClientExternalImpl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.swf.SwfClient;
import software.amazon.awssdk.services.swf.model.ChildPolicy;
import software.amazon.awssdk.services.swf.model.EventType;
import software.amazon.awssdk.services.swf.model.HistoryEvent;

/** The stories through the AWS Flow Framework for Java 2. Endpoint and keys come from the environment. */
public final class Stories {
    private static final String TASK_LIST = "stories";
    /** Less than the 30 s of a decision task: what a stopped worker swallows fails the story. */
    private static final int SECONDS_MAX = 25;
    private static final Map<String, Class<?>> WORKFLOWS = Map.ofEntries(
            entry("hello", Workflows.HelloImpl.class),
            entry("split-merge", Workflows.SplitMergeImpl.class),
            entry("retry", Workflows.RetryImpl.class),
            entry("timer", Workflows.TimerImpl.class),
            entry("signal", Workflows.SignaledImpl.class),
            entry("cancel", Workflows.CancelImpl.class),
            entry("child", Workflows.ParentImpl.class),
            entry("failing", Workflows.FailingImpl.class),
            entry("heartbeat", Workflows.HeartbeatImpl.class),
            entry("cron", Workflows.CronImpl.class),
            entry("component-version", Workflows.VersionImpl.class));
    private static final Class<?> CRON = Workflows.CronImpl.class;

    private final SwfClient swf = SwfClient.create();
    private final String domain = System.getenv("SWF_DOMAIN");
    private final List<DynamicWorkflowClientExternal> played = new ArrayList<>();

    private interface Story {
        void play() throws Throwable;
    }

    public static void main(String[] arguments) throws Exception {
        String jar = WorkflowWorker.class.getProtectionDomain().getCodeSource().getLocation()
                .getPath();
        System.out.println("version: " + jar.replaceAll(".*-([0-9.]+)\\.jar", "$1"));
        System.exit(new Stories().playAll() ? 0 : 1);
    }

    private boolean playAll() throws Exception {
        WorkflowWorker decider = startDecider();
        startWorker();
        boolean passed = play("hello", () -> completes("hello", "\"hello, world\"", "world"))
                & play("split-merge", () -> completes("split-merge", "55", 5))
                & play("retry", () -> completes("retry", "\"done in call 3\""))
                & play("timer", () -> completes("timer", "\"the timer fired\"", 1))
                & play("signal", this::signal)
                & play("cancel", this::cancel)
                & play("child", this::child)
                & play("heartbeat", () -> completes("heartbeat", "\"HEARTBEAT after halfway\""))
                & play("cron", this::cron)
                & play("component-version", this::componentVersion)
                & play("replay", this::replay)
                & play("ids", this::ids)
                & play("restart", () -> restart(decider));
        return passed;
    }

    private WorkflowWorker startDecider() throws Exception {
        WorkflowWorker decider = new WorkflowWorker(SwfClient.create(), domain, TASK_LIST);
        decider.setRegisterDomain(true);
        decider.setDomainRetentionPeriodInDays(1);
        for (Class<?> workflow : WORKFLOWS.values()) {
            decider.addWorkflowImplementationType(workflow);
        }
        decider.start();
        return decider;
    }

    private void startWorker() throws Exception {
        ActivityWorker worker = new ActivityWorker(SwfClient.create(), domain, TASK_LIST);
        worker.addActivitiesImplementation(new WorkImpl());
        worker.start();
    }

    private static boolean play(String name, Story story) {
        String problem = "ok";
        try {
            story.play();
        } catch (Throwable failure) {
            problem = failure.toString().replace('\n', ' ');
        }
        System.out.println(name + ": " + problem);
        return problem.equals("ok");
    }

    private void completes(String workflow, String result, Object... arguments) throws Exception {
        expectResult(start(workflow, arguments), result);
    }

    private void signal() throws Throwable {
        DynamicWorkflowClientExternal execution = start("signal");
        awaitState(execution, "waiting");
        execution.signalWorkflowExecution("go", new Object[] {"payload"});
        expectResult(execution, "\"payload\"");
        expect("signaled", execution.getWorkflowExecutionState(String.class));
    }

    private void cancel() throws Exception {
        DynamicWorkflowClientExternal execution = start("cancel");
        awaitEvent(execution, EventType.ACTIVITY_TASK_STARTED);
        execution.requestCancelWorkflowExecution();
        expect("CANCELED", await(execution));
        List<EventType> types = types(execution);
        expect(1L, types.stream().filter(EventType.TIMER_CANCELED::equals).count());
        expect(2L, types.stream().filter(EventType.ACTIVITY_TASK_CANCELED::equals).count());
        expect(1L, types.stream()
                .filter(EventType.CHILD_WORKFLOW_EXECUTION_CANCELED::equals).count());
    }

    private void child() throws Exception {
        completes("child", "\"hello, child; from the parent; as intended\"");
    }

    /** Two runs of a workflow that continues as a new execution. */
    private void cron() throws Exception {
        DynamicWorkflowClientExternal first = start("cron", "Work.tick", "* * * * * *", 2);
        expect("CONTINUED_AS_NEW", await(first));
        List<HistoryEvent> events = history(first);
        DynamicWorkflowClientExternal second = client(WorkflowExecution.builder()
                .workflowId(first.getWorkflowExecution().getWorkflowId())
                .runId(events.get(events.size() - 1)
                        .workflowExecutionContinuedAsNewEventAttributes().newExecutionRunId())
                .build());
        awaitEvent(second, EventType.ACTIVITY_TASK_COMPLETED);
        second.terminateWorkflowExecution("enough", null, ChildPolicy.TERMINATE);
        expect("TERMINATED", await(second));
        expect(true, types(first).contains(EventType.ACTIVITY_TASK_COMPLETED));
    }

    private void componentVersion() throws Exception {
        DynamicWorkflowClientExternal execution = start("component-version");
        expectResult(execution, "\"hello, version 2\"");
        expect(Map.of("greeting", 2), execution.getImplementationVersions());
    }

    /** Every workflow so far decides again as its history says. */
    private void replay() throws Exception {
        expect(10, played.size());
        for (DynamicWorkflowClientExternal execution : played) {
            Class<?> workflow = WORKFLOWS.get(execution.getWorkflowType().getName());
            WorkflowExecution id = execution.getWorkflowExecution();
            new WorkflowReplayer<>(swf, domain, id, workflow).loadWorkflow();
            new WorkflowReplayer<>(history(execution), id, workflow).loadWorkflow();
        }
    }

    /** The cron sample of the framework starts workflows with such ids. */
    private void ids() throws Exception {
        expectResult(startWithId("Work.tick: */10 * * * * *", "hello", "ids"), "\"hello, ids\"");
    }

    /** A stopped decider takes no further task: the next one gets it at once. */
    private void restart(WorkflowWorker decider) throws Exception {
        decider.shutdownNow();
        startDecider();
        completes("hello", "\"hello, again\"", "again");
    }

    private DynamicWorkflowClientExternal start(String workflow, Object... arguments) {
        return startWithId(workflow + "-" + played.size(), workflow, arguments);
    }

    private DynamicWorkflowClientExternal startWithId(
            String workflowId, String workflow, Object... arguments) {
        DynamicWorkflowClientExternal execution = new DynamicWorkflowClientExternalImpl(
                WorkflowExecution.builder().workflowId(workflowId).build(),
                type(workflow),
                new StartWorkflowOptions().withTaskList(TASK_LIST),
                null,
                new GenericWorkflowClientExternalImpl(swf, domain));
        execution.startWorkflowExecution(arguments);
        played.add(execution);
        return execution;
    }

    private DynamicWorkflowClientExternal client(WorkflowExecution execution) {
        return new DynamicWorkflowClientExternalImpl(
                execution, null, null, null, new GenericWorkflowClientExternalImpl(swf, domain));
    }

    private String await(DynamicWorkflowClientExternal execution) throws Exception {
        return WorkflowExecutionUtils.waitForWorkflowInstanceCompletion(
                swf, domain, execution.getWorkflowExecution(), SECONDS_MAX);
    }

    private void awaitEvent(DynamicWorkflowClientExternal execution, EventType type)
            throws Exception {
        for (int i = 0; i < SECONDS_MAX * 10 && !types(execution).contains(type); i++) {
            Thread.sleep(100);
        }
        expect(true, types(execution).contains(type));
    }

    private void awaitState(DynamicWorkflowClientExternal execution, String state)
            throws Throwable {
        awaitEvent(execution, EventType.DECISION_TASK_COMPLETED);
        expect(state, execution.getWorkflowExecutionState(String.class));
    }

    private void expectResult(DynamicWorkflowClientExternal execution, String result)
            throws Exception {
        expect("COMPLETED", await(execution));
        expect(result, WorkflowExecutionUtils.getWorkflowExecutionResult(
                swf, domain, execution.getWorkflowExecution()).result());
    }

    private List<HistoryEvent> history(DynamicWorkflowClientExternal execution) {
        return WorkflowExecutionUtils.getHistory(swf, domain, execution.getWorkflowExecution());
    }

    private List<EventType> types(DynamicWorkflowClientExternal execution) {
        return history(execution).stream().map(HistoryEvent::eventType).toList();
    }

    private static void expect(Object expected, Object got) {
        if (!Objects.equals(expected, got)) {
            throw new AssertionError("expected " + expected + ", got " + got);
        }
    }
}
