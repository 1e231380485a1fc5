package stories;

import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.simpleworkflow.AmazonSimpleWorkflow;
import com.amazonaws.services.simpleworkflow.AmazonSimpleWorkflowClientBuilder;
import com.amazonaws.services.simpleworkflow.flow.ActivityWorker;
import com.amazonaws.services.simpleworkflow.flow.StartWorkflowOptions;
import com.amazonaws.services.simpleworkflow.flow.WorkflowClientExternal;
import com.amazonaws.services.simpleworkflow.flow.WorkflowClientFactoryExternalBase;
import com.amazonaws.services.simpleworkflow.flow.WorkflowReplayer;
import com.amazonaws.services.simpleworkflow.flow.WorkflowWorker;
import com.amazonaws.services.simpleworkflow.flow.common.WorkflowExecutionUtils;
import com.amazonaws.services.simpleworkflow.model.ChildPolicy;
import com.amazonaws.services.simpleworkflow.model.HistoryEvent;
import com.amazonaws.services.simpleworkflow.model.WorkflowExecution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The stories through the AWS Flow Framework for Java 1, which takes the endpoint only from code. */
public final class Stories {
    private static final String TASK_LIST = "stories";
    /** Less than the 30 s of a decision task: what a stopped worker swallows fails the story. */
    private static final int SECONDS_MAX = 25;
    private static final Map<String, Class<?>> WORKFLOWS = Map.of(
            "hello", Workflows.HelloImpl.class,
            "split-merge", Workflows.SplitMergeImpl.class,
            "retry", Workflows.RetryImpl.class,
            "timer", Workflows.TimerImpl.class,
            "signal", Workflows.SignaledImpl.class,
            "cancel", Workflows.CancelImpl.class,
            "child", Workflows.ParentImpl.class,
            "failing", Workflows.FailingImpl.class,
            "heartbeat", Workflows.HeartbeatImpl.class,
            "cron", Workflows.CronImpl.class);

    private final AmazonSimpleWorkflow swf = client();
    private final String domain = System.getenv("SWF_DOMAIN");
    private final List<WorkflowClientExternal> played = new ArrayList<>();

    private interface Story {
        void play() throws Throwable;
    }

    public static void main(String[] arguments) throws Exception {
        String jar = WorkflowWorker.class.getProtectionDomain().getCodeSource().getLocation()
                .getPath();
        System.out.println("version: " + jar.replaceAll(".*-([0-9.]+)\\.jar", "$1"));
        System.exit(new Stories().playAll() ? 0 : 1);
    }

    private static AmazonSimpleWorkflow client() {
        return AmazonSimpleWorkflowClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(
                        System.getenv("AWS_ENDPOINT_URL_SWF"), System.getenv("AWS_REGION")))
                .build();
    }

    private boolean playAll() throws Exception {
        WorkflowWorker decider = startDecider();
        startWorker();
        return play("hello", () -> hello("world", "hello"))
                & play("split-merge", this::splitMerge)
                & play("retry", this::retry)
                & play("timer", this::timer)
                & play("signal", this::signal)
                & play("cancel", this::cancel)
                & play("child", this::child)
                & play("heartbeat", this::heartbeat)
                & play("cron", this::cron)
                & play("replay", this::replay)
                // The cron sample of the framework starts workflows with such ids.
                & play("ids", () -> hello("ids", "Work.tick: */10 * * * * *"))
                & play("restart", () -> restart(decider));
    }

    private WorkflowWorker startDecider() throws Exception {
        WorkflowWorker decider = new WorkflowWorker(client(), domain, TASK_LIST);
        decider.setRegisterDomain(true);
        decider.setDomainRetentionPeriodInDays(1);
        for (Class<?> workflow : WORKFLOWS.values()) {
            decider.addWorkflowImplementationType(workflow);
        }
        decider.start();
        return decider;
    }

    private void startWorker() throws Exception {
        ActivityWorker worker = new ActivityWorker(client(), domain, TASK_LIST);
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

    private void hello(String name, String workflowId) throws Exception {
        HelloClientExternal hello =
                client(new HelloClientExternalFactoryImpl(swf, domain), workflowId);
        hello.hello(name);
        expectResult(hello, "\"hello, " + name + "\"");
    }

    private void splitMerge() throws Exception {
        SplitMergeClientExternal splitMerge =
                client(new SplitMergeClientExternalFactoryImpl(swf, domain), "split-merge");
        splitMerge.sumOfSquares(5);
        expectResult(splitMerge, "55");
    }

    private void retry() throws Exception {
        RetryClientExternal retry = client(new RetryClientExternalFactoryImpl(swf, domain), "retry");
        retry.retry();
        expectResult(retry, "\"done in call 3\"");
    }

    private void timer() throws Exception {
        TimerClientExternal timer = client(new TimerClientExternalFactoryImpl(swf, domain), "timer");
        timer.sleep(1);
        expectResult(timer, "\"the timer fired\"");
    }

    private void signal() throws Exception {
        SignaledClientExternal waiter =
                client(new SignaledClientExternalFactoryImpl(swf, domain), "signal");
        waiter.awaitSignal();
        awaitEvent(waiter, "DecisionTaskCompleted");
        expect("waiting", waiter.state());
        waiter.go("payload");
        expectResult(waiter, "\"payload\"");
        expect("signaled", waiter.state());
    }

    private void cancel() throws Exception {
        CancelClientExternal execution =
                client(new CancelClientExternalFactoryImpl(swf, domain), "cancel");
        execution.untilCanceled();
        awaitEvent(execution, "ActivityTaskStarted");
        execution.requestCancelWorkflowExecution();
        expect("CANCELED", await(execution));
        List<String> types = types(execution);
        expect(1L, types.stream().filter("TimerCanceled"::equals).count());
        expect(2L, types.stream().filter("ActivityTaskCanceled"::equals).count());
        expect(1L, types.stream().filter("ChildWorkflowExecutionCanceled"::equals).count());
    }

    private void child() throws Exception {
        ParentClientExternal parent =
                client(new ParentClientExternalFactoryImpl(swf, domain), "child");
        parent.children();
        expectResult(parent, "\"hello, child; from the parent; as intended\"");
    }

    private void heartbeat() throws Exception {
        HeartbeatClientExternal heartbeat =
                client(new HeartbeatClientExternalFactoryImpl(swf, domain), "heartbeat");
        heartbeat.timeout();
        expectResult(heartbeat, "\"HEARTBEAT after halfway\"");
    }

    /** Two runs of a workflow that continues as a new execution. */
    private void cron() throws Exception {
        CronClientExternalFactoryImpl factory = new CronClientExternalFactoryImpl(swf, domain);
        CronClientExternal first = client(factory, "cron");
        first.cron("Work.tick", "* * * * * *", 2);
        expect("CONTINUED_AS_NEW", await(first));
        List<HistoryEvent> events = history(first);
        CronClientExternal second = factory.getClient(new WorkflowExecution()
                .withWorkflowId("cron")
                .withRunId(events.get(events.size() - 1)
                        .getWorkflowExecutionContinuedAsNewEventAttributes()
                        .getNewExecutionRunId()));
        awaitEvent(second, "ActivityTaskCompleted");
        second.terminateWorkflowExecution("enough", null, ChildPolicy.TERMINATE);
        expect("TERMINATED", await(second));
        expect(true, types(first).contains("ActivityTaskCompleted"));
    }

    /** Every workflow so far decides again as its history says. */
    private void replay() throws Exception {
        expect(9, played.size());
        for (WorkflowClientExternal execution : played) {
            List<HistoryEvent> events = history(execution);
            Class<?> workflow = WORKFLOWS.get(events.get(0)
                    .getWorkflowExecutionStartedEventAttributes().getWorkflowType().getName());
            WorkflowExecution id = execution.getWorkflowExecution();
            new WorkflowReplayer<>(swf, domain, id, workflow).loadWorkflow();
            new WorkflowReplayer<>(events, id, workflow).loadWorkflow();
        }
    }

    /** A stopped decider takes no further task: the next one gets it at once. */
    private void restart(WorkflowWorker decider) throws Exception {
        decider.shutdownNow();
        startDecider();
        hello("again", "hello-again");
    }

    private <T extends WorkflowClientExternal> T client(
            WorkflowClientFactoryExternalBase<T> factory, String workflowId) {
        T execution = factory.getClient(
                new WorkflowExecution().withWorkflowId(workflowId),
                new StartWorkflowOptions().withTaskList(TASK_LIST));
        played.add(execution);
        return execution;
    }

    private String await(WorkflowClientExternal execution) throws Exception {
        return WorkflowExecutionUtils.waitForWorkflowInstanceCompletion(
                swf, domain, execution.getWorkflowExecution(), SECONDS_MAX);
    }

    private void awaitEvent(WorkflowClientExternal execution, String type) throws Exception {
        for (int i = 0; i < SECONDS_MAX * 10 && !types(execution).contains(type); i++) {
            Thread.sleep(100);
        }
        expect(true, types(execution).contains(type));
    }

    private void expectResult(WorkflowClientExternal execution, String result) throws Exception {
        expect("COMPLETED", await(execution));
        expect(result, WorkflowExecutionUtils.getWorkflowExecutionResult(
                swf, domain, execution.getWorkflowExecution()).getResult());
    }

    private List<HistoryEvent> history(WorkflowClientExternal execution) {
        return WorkflowExecutionUtils.getHistory(swf, domain, execution.getWorkflowExecution());
    }

    private List<String> types(WorkflowClientExternal execution) {
        return history(execution).stream().map(HistoryEvent::getEventType).toList();
    }

    private static void expect(Object expected, Object got) {
        if (!Objects.equals(expected, got)) {
            throw new AssertionError("expected " + expected + ", got " + got);
        }
    }
}
