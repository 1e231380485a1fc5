package stories;

import com.amazonaws.services.simpleworkflow.flow.ActivityExecutionContext;
import com.amazonaws.services.simpleworkflow.flow.ActivityExecutionContextProviderImpl;
import java.util.concurrent.atomic.AtomicInteger;

public final class WorkImpl implements Work {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public String greet(String name) {
        return "hello, " + name;
    }

    @Override
    public Integer square(Integer number) {
        return number * number;
    }

    @Override
    public String thirdTime() {
        int call = calls.incrementAndGet();
        if (call % 3 != 0) {
            throw new IllegalStateException("not yet: call " + call);
        }
        return "done in call " + call;
    }

    @Override
    public void fallSilent() throws InterruptedException {
        context().recordActivityHeartbeat("halfway");
        Thread.sleep(4_000);
    }

    @Override
    public void untilCanceled() throws InterruptedException {
        while (true) {
            context().recordActivityHeartbeat("going on");
            Thread.sleep(200);
        }
    }

    @Override
    public void cleanUp(String reason) {}

    @Override
    public void tick(String parameter) {}

    private static ActivityExecutionContext context() {
        return new ActivityExecutionContextProviderImpl().getActivityExecutionContext();
    }
}
