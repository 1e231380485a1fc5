package stories;

import java.util.List;
import software.amazon.awssdk.services.swf.model.ActivityType;
import software.amazon.awssdk.services.swf.model.Decision;
import software.amazon.awssdk.services.swf.model.DecisionType;
import software.amazon.awssdk.services.swf.model.EventType;
import software.amazon.awssdk.services.swf.model.HistoryEvent;
import software.amazon.awssdk.services.swf.model.WorkflowType;

/** Decides for every story: the input of the workflow says which. */
final class Decider {
    static final WorkflowType FLOW = WorkflowType.builder().name("flow").version("1").build();
    static final ActivityType WORK = ActivityType.builder().name("work").version("1").build();

    private Decider() {}

    static List<Decision> decide(List<HistoryEvent> events) {
        String story = events.get(0).workflowExecutionStartedEventAttributes().input();
        HistoryEvent last = lastNews(events);
        return switch (last.eventType()) {
            case WORKFLOW_EXECUTION_STARTED -> begin(story);
            case ACTIVITY_TASK_FAILED, ACTIVITY_TASK_TIMED_OUT -> List.of(schedule(2, story));
            case ACTIVITY_TASK_COMPLETED ->
                List.of(complete(last.activityTaskCompletedEventAttributes().result()));
            case TIMER_FIRED -> List.of(complete("the timer fired"));
            case WORKFLOW_EXECUTION_SIGNALED ->
                List.of(complete(last.workflowExecutionSignaledEventAttributes().input()));
            case CHILD_WORKFLOW_EXECUTION_COMPLETED ->
                List.of(complete(last.childWorkflowExecutionCompletedEventAttributes().result()));
            case WORKFLOW_EXECUTION_CANCEL_REQUESTED -> List.of(cancel());
            default -> List.of();
        };
    }

    private static HistoryEvent lastNews(List<HistoryEvent> events) {
        for (int i = events.size() - 1; ; i--) {
            EventType type = events.get(i).eventType();
            if (!type.toString().startsWith("DecisionTask")) {
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
        return Decision.builder()
                .decisionType(DecisionType.SCHEDULE_ACTIVITY_TASK)
                .scheduleActivityTaskDecisionAttributes(a -> a
                        .activityType(WORK)
                        .activityId("attempt-" + attempt)
                        .input(story)
                        .heartbeatTimeout(story.equals("heartbeat") ? "1" : "NONE"))
                .build();
    }

    private static Decision startTimer() {
        return Decision.builder()
                .decisionType(DecisionType.START_TIMER)
                .startTimerDecisionAttributes(a -> a.timerId("t").startToFireTimeout("1"))
                .build();
    }

    private static Decision startChild() {
        return Decision.builder()
                .decisionType(DecisionType.START_CHILD_WORKFLOW_EXECUTION)
                .startChildWorkflowExecutionDecisionAttributes(a -> a
                        .workflowType(FLOW)
                        .workflowId("the-child")
                        .input("child-input"))
                .build();
    }

    private static Decision continueAsNew() {
        return Decision.builder()
                .decisionType(DecisionType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION)
                .continueAsNewWorkflowExecutionDecisionAttributes(a -> a.input("second-run"))
                .build();
    }

    private static Decision complete(String result) {
        return Decision.builder()
                .decisionType(DecisionType.COMPLETE_WORKFLOW_EXECUTION)
                .completeWorkflowExecutionDecisionAttributes(a -> a.result(result))
                .build();
    }

    private static Decision cancel() {
        return Decision.builder()
                .decisionType(DecisionType.CANCEL_WORKFLOW_EXECUTION)
                .cancelWorkflowExecutionDecisionAttributes(a -> a.details("as asked"))
                .build();
    }
}
