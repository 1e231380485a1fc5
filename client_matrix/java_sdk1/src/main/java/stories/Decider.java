package stories;

import com.amazonaws.services.simpleworkflow.model.ActivityType;
import com.amazonaws.services.simpleworkflow.model.CancelWorkflowExecutionDecisionAttributes;
import com.amazonaws.services.simpleworkflow.model.CompleteWorkflowExecutionDecisionAttributes;
import com.amazonaws.services.simpleworkflow.model.ContinueAsNewWorkflowExecutionDecisionAttributes;
import com.amazonaws.services.simpleworkflow.model.Decision;
import com.amazonaws.services.simpleworkflow.model.DecisionType;
import com.amazonaws.services.simpleworkflow.model.HistoryEvent;
import com.amazonaws.services.simpleworkflow.model.ScheduleActivityTaskDecisionAttributes;
import com.amazonaws.services.simpleworkflow.model.StartChildWorkflowExecutionDecisionAttributes;
import com.amazonaws.services.simpleworkflow.model.StartTimerDecisionAttributes;
import com.amazonaws.services.simpleworkflow.model.WorkflowType;
import java.util.List;

/** Decides for every story: the input of the workflow says which. */
final class Decider {
    static final WorkflowType FLOW = new WorkflowType().withName("flow").withVersion("1");
    static final ActivityType WORK = new ActivityType().withName("work").withVersion("1");

    private Decider() {}

    static List<Decision> decide(List<HistoryEvent> events) {
        String story = events.get(0).getWorkflowExecutionStartedEventAttributes().getInput();
        HistoryEvent last = lastNews(events);
        return switch (last.getEventType()) {
            case "WorkflowExecutionStarted" -> begin(story);
            case "ActivityTaskFailed", "ActivityTaskTimedOut" -> List.of(schedule(2, story));
            case "ActivityTaskCompleted" ->
                List.of(complete(last.getActivityTaskCompletedEventAttributes().getResult()));
            case "TimerFired" -> List.of(complete("the timer fired"));
            case "WorkflowExecutionSignaled" ->
                List.of(complete(last.getWorkflowExecutionSignaledEventAttributes().getInput()));
            case "ChildWorkflowExecutionCompleted" -> List.of(complete(
                    last.getChildWorkflowExecutionCompletedEventAttributes().getResult()));
            case "WorkflowExecutionCancelRequested" -> List.of(cancel());
            default -> List.of();
        };
    }

    private static HistoryEvent lastNews(List<HistoryEvent> events) {
        for (int i = events.size() - 1; ; i--) {
            if (!events.get(i).getEventType().startsWith("DecisionTask")) {
                return events.get(i);
            }
        }
    }

    private static List<Decision> begin(String story) {
        return switch (story) {
            case "hello", "retry", "heartbeat" -> List.of(schedule(1, story));
            case "timer" -> List.of(startTimer());
            case "child" -> List.of(startChild());
            case "child-input" -> List.of(complete("from the child"));
            case "continue-as-new" -> List.of(continueAsNew());
            case "second-run" -> List.of(complete("from the second run"));
            case "long-poll" -> List.of(complete("the poll woke up"));
            default -> List.of();
        };
    }

    private static Decision schedule(int attempt, String story) {
        return new Decision()
                .withDecisionType(DecisionType.ScheduleActivityTask)
                .withScheduleActivityTaskDecisionAttributes(
                        new ScheduleActivityTaskDecisionAttributes()
                                .withActivityType(WORK)
                                .withActivityId("attempt-" + attempt)
                                .withInput(story)
                                .withHeartbeatTimeout(story.equals("heartbeat") ? "1" : "NONE"));
    }

    private static Decision startTimer() {
        return new Decision()
                .withDecisionType(DecisionType.StartTimer)
                .withStartTimerDecisionAttributes(new StartTimerDecisionAttributes()
                        .withTimerId("t")
                        .withStartToFireTimeout("1"));
    }

    private static Decision startChild() {
        return new Decision()
                .withDecisionType(DecisionType.StartChildWorkflowExecution)
                .withStartChildWorkflowExecutionDecisionAttributes(
                        new StartChildWorkflowExecutionDecisionAttributes()
                                .withWorkflowType(FLOW)
                                .withWorkflowId("the-child")
                                .withInput("child-input"));
    }

    private static Decision continueAsNew() {
        return new Decision()
                .withDecisionType(DecisionType.ContinueAsNewWorkflowExecution)
                .withContinueAsNewWorkflowExecutionDecisionAttributes(
                        new ContinueAsNewWorkflowExecutionDecisionAttributes()
                                .withInput("second-run"));
    }

    private static Decision complete(String result) {
        return new Decision()
                .withDecisionType(DecisionType.CompleteWorkflowExecution)
                .withCompleteWorkflowExecutionDecisionAttributes(
                        new CompleteWorkflowExecutionDecisionAttributes().withResult(result));
    }

    private static Decision cancel() {
        return new Decision()
                .withDecisionType(DecisionType.CancelWorkflowExecution)
                .withCancelWorkflowExecutionDecisionAttributes(
                        new CancelWorkflowExecutionDecisionAttributes().withDetails("as asked"));
    }
}
