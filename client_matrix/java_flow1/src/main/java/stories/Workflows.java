package stories;

import com.amazonaws.services.simpleworkflow.flow.ActivitySchedulingOptions;
import com.amazonaws.services.simpleworkflow.flow.ActivityTaskTimedOutException;
import com.amazonaws.services.simpleworkflow.flow.ChildWorkflowFailedException;
import com.amazonaws.services.simpleworkflow.flow.DecisionContextProviderImpl;
import com.amazonaws.services.simpleworkflow.flow.DynamicActivitiesClient;
import com.amazonaws.services.simpleworkflow.flow.DynamicActivitiesClientImpl;
import com.amazonaws.services.simpleworkflow.flow.WorkflowClock;
import com.amazonaws.services.simpleworkflow.flow.annotations.Asynchronous;
import com.amazonaws.services.simpleworkflow.flow.annotations.ExponentialRetry;
import com.amazonaws.services.simpleworkflow.flow.annotations.Wait;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.core.Settable;
import com.amazonaws.services.simpleworkflow.flow.core.TryCatch;
import com.amazonaws.services.simpleworkflow.flow.core.TryCatchFinally;
import com.amazonaws.services.simpleworkflow.flow.spring.CronDecorator;
import com.amazonaws.services.simpleworkflow.model.ActivityType;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.CancellationException;

/** The implementations of the workflows, on the clients that the build tools generate. */
final class Workflows {
    private Workflows() {}

    private static WorkflowClock clock() {
        return new DecisionContextProviderImpl().getDecisionContext().getWorkflowClock();
    }

    public static final class HelloImpl implements Hello {
        private final WorkClient work = new WorkClientImpl();

        @Override
        public Promise<String> hello(String name) {
            return work.greet(name);
        }
    }

    public static final class SplitMergeImpl implements SplitMerge {
        private final WorkClient work = new WorkClientImpl();

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

    public static final class RetryImpl implements Retry {
        private final WorkClient work = new WorkClientImpl();

        @Override
        @ExponentialRetry(initialRetryIntervalSeconds = 1, maximumAttempts = 5)
        public Promise<String> retry() {
            return work.thirdTime();
        }
    }

    public static final class TimerImpl implements Timer {
        @Override
        public Promise<String> sleep(Integer seconds) {
            return clock().createTimer(seconds, "the timer fired");
        }
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

    public static final class CancelImpl implements Cancel {
        private final WorkClient work = new WorkClientImpl();

        @Override
        public void untilCanceled() {
            new TryCatchFinally() {
                @Override
                protected void doTry() {
                    clock().createTimer(200);
                    work.untilCanceled();
                    work.greet("nobody", new ActivitySchedulingOptions().withTaskList("nowhere"));
                    new TimerClientFactoryImpl().getClient().sleep(200);
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

    public static final class ParentImpl implements Parent {
        @Override
        public Promise<String> children() {
            SignaledClient waiter = new SignaledClientFactoryImpl().getClient();
            Promise<String> greeting = new HelloClientFactoryImpl().getClient().hello("child");
            Promise<String> payload = waiter.awaitSignal();
            signal(waiter, waiter.getRunId());
            return join(greeting, payload, failure());
        }

        @Asynchronous
        private void signal(SignaledClient waiter, Promise<String> started) {
            waiter.go("from the parent");
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
                    new FailingClientFactoryImpl().getClient().fail();
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

    public static final class FailingImpl implements Failing {
        @Override
        public Promise<String> fail() {
            throw new IllegalStateException("as intended");
        }
    }

    public static final class HeartbeatImpl implements Heartbeat {
        private final WorkClient work = new WorkClientImpl();

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

    public static final class CronImpl implements Cron {
        private final CronSelfClient self = new CronSelfClientImpl();
        private final DynamicActivitiesClient activities = new DynamicActivitiesClientImpl();

        @Override
        public void cron(String activity, String expression, Integer secondsPerRun) {
            Date end = new Date(clock().currentTimeMillis() + secondsPerRun * 1000);
            new CronDecorator(expression, end, TimeZone.getTimeZone("UTC"), clock())
                    .decorate(DynamicActivitiesClient.class, activities)
                    .scheduleActivity(
                            new ActivityType().withName(activity).withVersion("1"),
                            new Object[] {"parameter"},
                            null,
                            Void.class);
            self.cron(activity, expression, secondsPerRun);
        }
    }
}
