package main

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/swf/types"
)

var (
	flow = &types.WorkflowType{Name: aws.String("flow"), Version: aws.String("1")}
	work = &types.ActivityType{Name: aws.String("work"), Version: aws.String("1")}
)

// decide returns the next decisions of any story: the input of the workflow says which.
func decide(events []types.HistoryEvent) []types.Decision {
	story := *events[0].WorkflowExecutionStartedEventAttributes.Input
	switch last := lastNews(events); last.EventType {
	case types.EventTypeWorkflowExecutionStarted:
		return begin(story)
	case types.EventTypeActivityTaskFailed, types.EventTypeActivityTaskTimedOut:
		return schedule(2, story)
	case types.EventTypeActivityTaskCompleted:
		return complete(last.ActivityTaskCompletedEventAttributes.Result)
	case types.EventTypeTimerFired:
		return complete(aws.String("the timer fired"))
	case types.EventTypeWorkflowExecutionSignaled:
		return complete(last.WorkflowExecutionSignaledEventAttributes.Input)
	case types.EventTypeChildWorkflowExecutionCompleted:
		return complete(last.ChildWorkflowExecutionCompletedEventAttributes.Result)
	case types.EventTypeWorkflowExecutionCancelRequested:
		return []types.Decision{{
			DecisionType: types.DecisionTypeCancelWorkflowExecution,
			CancelWorkflowExecutionDecisionAttributes: &types.CancelWorkflowExecutionDecisionAttributes{
				Details: aws.String("as asked"),
			},
		}}
	default:
		return nil
	}
}

func lastNews(events []types.HistoryEvent) types.HistoryEvent {
	for i := len(events) - 1; ; i-- {
		if !strings.HasPrefix(string(events[i].EventType), "DecisionTask") {
			return events[i]
		}
	}
}

func begin(story string) []types.Decision {
	switch story {
	case "hello", "retry", "heartbeat":
		return schedule(1, story)
	case "timer":
		return []types.Decision{{
			DecisionType: types.DecisionTypeStartTimer,
			StartTimerDecisionAttributes: &types.StartTimerDecisionAttributes{
				TimerId:            aws.String("t"),
				StartToFireTimeout: aws.String("1"),
			},
		}}
	case "child":
		return []types.Decision{{
			DecisionType: types.DecisionTypeStartChildWorkflowExecution,
			StartChildWorkflowExecutionDecisionAttributes: &types.StartChildWorkflowExecutionDecisionAttributes{
				WorkflowType: flow,
				WorkflowId:   aws.String("the-child"),
				Input:        aws.String("child-input"),
			},
		}}
	case "child-input":
		return complete(aws.String("from the child"))
	case "continue-as-new":
		return []types.Decision{{
			DecisionType: types.DecisionTypeContinueAsNewWorkflowExecution,
			ContinueAsNewWorkflowExecutionDecisionAttributes: &types.ContinueAsNewWorkflowExecutionDecisionAttributes{
				Input: aws.String("second-run"),
			},
		}}
	case "second-run":
		return complete(aws.String("from the second run"))
	case "long-poll":
		return complete(aws.String("the poll woke up"))
	default:
		return nil
	}
}

func schedule(attempt int, story string) []types.Decision {
	heartbeat := "NONE"
	if story == "heartbeat" {
		heartbeat = "1"
	}
	return []types.Decision{{
		DecisionType: types.DecisionTypeScheduleActivityTask,
		ScheduleActivityTaskDecisionAttributes: &types.ScheduleActivityTaskDecisionAttributes{
			ActivityType:     work,
			ActivityId:       aws.String("attempt-" + strconv.Itoa(attempt)),
			Input:            aws.String(story),
			HeartbeatTimeout: aws.String(heartbeat),
		},
	}}
}

func complete(result *string) []types.Decision {
	return []types.Decision{{
		DecisionType: types.DecisionTypeCompleteWorkflowExecution,
		CompleteWorkflowExecutionDecisionAttributes: &types.CompleteWorkflowExecutionDecisionAttributes{
			Result: result,
		},
	}}
}
