package stories;

import com.amazonaws.services.simpleworkflow.flow.annotations.Activities;
import com.amazonaws.services.simpleworkflow.flow.annotations.ActivityRegistrationOptions;

/** The activities of the stories. */
@Activities(version = "1")
@ActivityRegistrationOptions(
        defaultTaskScheduleToStartTimeoutSeconds = 60,
        defaultTaskStartToCloseTimeoutSeconds = 60,
        defaultTaskHeartbeatTimeoutSeconds = 2)
public interface Work {
    String greet(String name);

    Integer square(Integer number);

    /** Fails on every call but each third one. */
    String thirdTime();

    /** Heartbeats once, then falls silent for longer than its heartbeat timeout. */
    void fallSilent() throws InterruptedException;

    /** Heartbeats until it is asked to cancel. */
    void untilCanceled() throws InterruptedException;

    void cleanUp(String reason);

    void tick(String parameter);
}
