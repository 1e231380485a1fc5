package stories;

import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;

/** Schedules an activity by a cron expression, and continues as a new execution. */
@Workflow
@WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
public interface Cron {
    @Execute(name = "cron", version = "1")
    void cron(String activity, String expression, Integer secondsPerRun);
}
