package stories;

import com.amazonaws.services.simpleworkflow.flow.ActivityTaskTimedOutException;
import com.amazonaws.services.simpleworkflow.flow.ChildWorkflowFailedException;
import com.amazonaws.services.simpleworkflow.flow.DataConverter;
import com.amazonaws.services.simpleworkflow.flow.DecisionContext;
import com.amazonaws.services.simpleworkflow.flow.DecisionContextProviderImpl;
import com.amazonaws.services.simpleworkflow.flow.DynamicActivitiesClient;
import com.amazonaws.services.simpleworkflow.flow.DynamicActivitiesClientImpl;
import com.amazonaws.services.simpleworkflow.flow.DynamicWorkflowClient;
import com.amazonaws.services.simpleworkflow.flow.DynamicWorkflowClientImpl;
import com.amazonaws.services.simpleworkflow.flow.JsonDataConverter;
import com.amazonaws.services.simpleworkflow.flow.WorkflowClock;
import com.amazonaws.services.simpleworkflow.flow.annotations.Asynchronous;
import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.ExponentialRetry;
import com.amazonaws.services.simpleworkflow.flow.annotations.GetState;
import com.amazonaws.services.simpleworkflow.flow.annotations.Signal;
import com.amazonaws.services.simpleworkflow.flow.annotations.Wait;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowComponentImplementationVersion;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowComponentImplementationVersions;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.core.Settable;
import com.amazonaws.services.simpleworkflow.flow.core.TryCatch;
import com.amazonaws.services.simpleworkflow.flow.core.TryCatchFinally;
import com.amazonaws.services.simpleworkflow.flow.generic.ContinueAsNewWorkflowExecutionParameters;
import com.amazonaws.services.simpleworkflow.flow.model.ActivityType;
import com.amazonaws.services.simpleworkflow.flow.model.WorkflowExecution;
import com.amazonaws.services.simpleworkflow.flow.model.WorkflowType;
import com.amazonaws.services.simpleworkflow.flow.spring.CronDecorator;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.CancellationException;

/** One workflow for each story. */
final class Workflows {
    private Workflows() {}

    static WorkflowType type(String name) {
        return WorkflowType.builder().name(name).version("1").build();
    }

    private static DecisionContext context() {
        return new DecisionContextProviderImpl().getDecisionContext();
    }

    private static DynamicWorkflowClient child(String name) {
        String id = context().getWorkflowClient().generateUniqueId();
        return new DynamicWorkflowClientImpl(
                WorkflowExecution.builder().workflowId(id).build(), type(name));
    }

    private static Promise<String> start(DynamicWorkflowClient child, Object... arguments) {
        return child.startWorkflowExecution(arguments, null, String.class);
    }

    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Hello {
        @Execute(name = "hello", version = "1")
        Promise<String> hello(String name);
    }

    public static final class HelloImpl implements Hello {
        private final WorkClient work = new WorkClient();

        @Override
        public Promise<String> hello(String name) {
            return work.greet(name);
        }
    }

    /** Runs activities side by side and adds up their results. */
    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface SplitMerge {
        @Execute(name = "split-merge", version = "1")
        Promise<Integer> sumOfSquares(Integer count);
    }

    public static final class SplitMergeImpl implements SplitMerge {
        private final WorkClient work = new WorkClient();

        @Override
        public Promise<Integer> sumOfSquares(Integer count) {
            List<Promise<Integer>> squares = new ArrayList<>();
            for (int number = 1; number <= count; number++) {
                squares.add(work.square(number));
            }
            return merge(squares);
        }

        @Asynchronous
        private Promise<Integer> merge(@Wait List<Promise<Integer>> squares) {
            return Promise.asPromise(squares.stream().mapToInt(Promise::get).sum());
        }
    }

    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Retry {
        @Execute(name = "retry", version = "1")
        Promise<String> retry();
    }

    public static final class RetryImpl implements Retry {
        private final WorkClient work = new WorkClient();

        @Override
        @ExponentialRetry(initialRetryIntervalSeconds = 1, maximumAttempts = 5)
        public Promise<String> retry() {
            return work.thirdTime();
        }
    }

    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Timer {
        @Execute(name = "timer", version = "1")
        Promise<String> sleep(Integer seconds);
    }

    public static final class TimerImpl implements Timer {
        @Override
        public Promise<String> sleep(Integer seconds) {
            return context().getWorkflowClock().createTimer(seconds, "the timer fired");
        }
    }

    /** Completes with the payload of its signal. */
    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Signaled {
        @Execute(name = "signal", version = "1")
        Promise<String> awaitSignal();

        @Signal
        void go(String payload);

        @GetState
        String state();
    }

    public static final class SignaledImpl implements Signaled {
        private final Settable<String> payload = new Settable<>();

        @Override
        public Promise<String> awaitSignal() {
            return done(payload);
        }

        /** A task that waits keeps the workflow open; a promise alone does not. */
        @Asynchronous
        private Promise<String> done(Promise<String> payload) {
            return payload;
        }

        @Override
        public void go(String payload) {
            this.payload.set(payload);
        }

        @Override
        public String state() {
            return payload.isReady() ? "signaled" : "waiting";
        }
    }

    /** When asked to cancel, cancels a timer, activities and a child, cleans up, and is canceled. */
    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Cancel {
        @Execute(name = "cancel", version = "1")
        void untilCanceled();
    }

    public static final class CancelImpl implements Cancel {
        private final WorkClient work = new WorkClient();

        @Override
        public void untilCanceled() {
            new TryCatchFinally() {
                @Override
                protected void doTry() {
                    context().getWorkflowClock().createTimer(200);
                    work.untilCanceled();
                    work.greetNowhere("nobody");
                    start(child("timer"), 200);
                }

                @Override
                protected void doCatch(Throwable failure) throws Throwable {
                    if (failure instanceof CancellationException) {
                        work.cleanUp("canceled");
                    }
                    throw failure;
                }

                @Override
                protected void doFinally() {}
            };
        }
    }

    /** Starts two children, whose ids the framework generates, and signals one of them. */
    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Parent {
        @Execute(name = "child", version = "1")
        Promise<String> children();
    }

    public static final class ParentImpl implements Parent {
        @Override
        public Promise<String> children() {
            DynamicWorkflowClient greeter = child("hello");
            DynamicWorkflowClient waiter = child("signal");
            Promise<String> greeting = start(greeter, "child");
            Promise<String> payload = start(waiter);
            waiter.signalWorkflowExecution("go", new Object[] {"from the parent"}, waiter.getRunId());
            return join(greeting, payload, failure());
        }

        @Asynchronous
        private Promise<String> join(
                Promise<String> greeting, Promise<String> payload, Promise<String> failure) {
            return Promise.asPromise(
                    String.join("; ", greeting.get(), payload.get(), failure.get()));
        }

        /** Starts a child that fails, and returns the message of its failure. */
        private Promise<String> failure() {
            Settable<String> message = new Settable<>();
            new TryCatch() {
                @Override
                protected void doTry() {
                    start(child("failing"));
                }

                @Override
                protected void doCatch(Throwable failure) throws Throwable {
                    if (!(failure instanceof ChildWorkflowFailedException)) {
                        throw failure;
                    }
                    message.set(failure.getCause().getMessage());
                }
            };
            return message;
        }
    }

    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Failing {
        @Execute(name = "failing", version = "1")
        Promise<String> fail();
    }

    public static final class FailingImpl implements Failing {
        @Override
        public Promise<String> fail() {
            throw new IllegalStateException("as intended");
        }
    }

    /** Asks for the version of a component, which the framework keeps in the execution context. */
    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Version {
        @Execute(name = "component-version", version = "1")
        Promise<String> version();
    }

    @WorkflowComponentImplementationVersions(
            @WorkflowComponentImplementationVersion(componentName = "greeting", maximumSupported = 2))
    public static final class VersionImpl implements Version {
        private final WorkClient work = new WorkClient();

        @Override
        public Promise<String> version() {
            boolean second = context().getWorkflowContext().isImplementationVersion("greeting", 2);
            return work.greet(second ? "version 2" : "an earlier version");
        }
    }

    /** Reports the kind and the last heartbeat of an activity's timeout. */
    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Heartbeat {
        @Execute(name = "heartbeat", version = "1")
        Promise<String> timeout();
    }

    public static final class HeartbeatImpl implements Heartbeat {
        private final WorkClient work = new WorkClient();

        @Override
        public Promise<String> timeout() {
            Settable<String> report = new Settable<>();
            new TryCatch() {
                @Override
                protected void doTry() {
                    work.fallSilent();
                }

                @Override
                protected void doCatch(Throwable failure) throws Throwable {
                    if (!(failure instanceof ActivityTaskTimedOutException timeout)) {
                        throw failure;
                    }
                    report.set(timeout.getTimeoutType() + " after " + timeout.getDetails());
                }
            };
            return report;
        }
    }

    /** Schedules an activity by a cron expression, and continues as a new execution. */
    @Workflow
    @WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
    public interface Cron {
        @Execute(name = "cron", version = "1")
        void cron(String activity, String expression, Integer secondsPerRun);
    }

    public static final class CronImpl implements Cron {
        private final DataConverter converter = new JsonDataConverter();
        private final DynamicActivitiesClient activities = new DynamicActivitiesClientImpl();

        @Override
        public void cron(String activity, String expression, Integer secondsPerRun) {
            WorkflowClock clock = context().getWorkflowClock();
            Date end = new Date(clock.currentTimeMillis() + secondsPerRun * 1000);
            new CronDecorator(expression, end, TimeZone.getTimeZone("UTC"), clock)
                    .decorate(DynamicActivitiesClient.class, activities)
                    .scheduleActivity(
                            ActivityType.builder().name(activity).version("1").build(),
                            new Object[] {"parameter"},
                            null,
                            Void.class);
            ContinueAsNewWorkflowExecutionParameters next =
                    new ContinueAsNewWorkflowExecutionParameters();
            next.setInput(converter.toData(new Object[] {activity, expression, secondsPerRun}));
            context().getWorkflowClient().continueAsNewOnCompletion(next);
        }
    }
}
