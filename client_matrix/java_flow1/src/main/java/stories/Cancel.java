package stories;

import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;

/** When asked to cancel, cancels a timer, activities and a child, cleans up, and is canceled. */
@Workflow
@WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 300)
public interface Cancel {
    @Execute(name = "cancel", version = "1")
    void untilCanceled();
}
