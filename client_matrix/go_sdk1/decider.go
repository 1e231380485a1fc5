package main

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/swf"
)

var (
	flow = &swf.WorkflowType{Name: aws.String("flow"), Version: aws.String("1")}
	work = &swf.ActivityType{Name: aws.String("work"), Version: aws.String("1")}
)

// decide returns the next decisions of any story: the input of the workflow says which.
func decide(events []*swf.HistoryEvent) []*swf.Decision {
	story := *events[0].WorkflowExecutionStartedEventAttributes.Input
	switch last := lastNews(events); *last.EventType {
	case swf.EventTypeWorkflowExecutionStarted:
		return begin(story)
	case swf.EventTypeActivityTaskFailed, swf.EventTypeActivityTaskTimedOut:
		return schedule(2, story)
	case swf.EventTypeActivityTaskCompleted:
		return complete(last.ActivityTaskCompletedEventAttributes.Result)
	case swf.EventTypeTimerFired:
		return complete(aws.String("the timer fired"))
	case swf.EventTypeWorkflowExecutionSignaled:
		return complete(last.WorkflowExecutionSignaledEventAttributes.Input)
	case swf.EventTypeChildWorkflowExecutionCompleted:
		return complete(last.ChildWorkflowExecutionCompletedEventAttributes.Result)
	case swf.EventTypeWorkflowExecutionCancelRequested:
		return []*swf.Decision{{
			DecisionType: aws.String(swf.DecisionTypeCancelWorkflowExecution),
			CancelWorkflowExecutionDecisionAttributes: &swf.CancelWorkflowExecutionDecisionAttributes{
				Details: aws.String("as asked"),
			},
		}}
	default:
		return nil
	}
}

func lastNews(events []*swf.HistoryEvent) *swf.HistoryEvent {
	for i := len(events) - 1; ; i-- {
		if !strings.HasPrefix(*events[i].EventType, "DecisionTask") {
			return events[i]
		}
	}
}

func begin(story string) []*swf.Decision {
	switch story {
	case "hello", "retry", "heartbeat":
		return schedule(1, story)
	case "timer":
		return []*swf.Decision{{
			DecisionType: aws.String(swf.DecisionTypeStartTimer),
			StartTimerDecisionAttributes: &swf.StartTimerDecisionAttributes{
				TimerId:            aws.String("t"),
				StartToFireTimeout: aws.String("1"),
			},
		}}
	case "child":
		return []*swf.Decision{{
			DecisionType: aws.String(swf.DecisionTypeStartChildWorkflowExecution),
			StartChildWorkflowExecutionDecisionAttributes: &swf.StartChildWorkflowExecutionDecisionAttributes{
				WorkflowType: flow,
				WorkflowId:   aws.String("the-child"),
				Input:        aws.String("child-input"),
			},
		}}
	case "child-input":
		return complete(aws.String("from the child"))
	case "continue-as-new":
		return []*swf.Decision{{
			DecisionType: aws.String(swf.DecisionTypeContinueAsNewWorkflowExecution),
			ContinueAsNewWorkflowExecutionDecisionAttributes: &swf.ContinueAsNewWorkflowExecutionDecisionAttributes{
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

func schedule(attempt int, story string) []*swf.Decision {
	heartbeat := "NONE"
	if story == "heartbeat" {
		heartbeat = "1"
	}
	return []*swf.Decision{{
		DecisionType: aws.String(swf.DecisionTypeScheduleActivityTask),
		ScheduleActivityTaskDecisionAttributes: &swf.ScheduleActivityTaskDecisionAttributes{
			ActivityType:     work,
			ActivityId:       aws.String("attempt-" + strconv.Itoa(attempt)),
			Input:            aws.String(story),
			HeartbeatTimeout: aws.String(heartbeat),
		},
	}}
}

func complete(result *string) []*swf.Decision {
	return []*swf.Decision{{
		DecisionType: aws.String(swf.DecisionTypeCompleteWorkflowExecution),
		CompleteWorkflowExecutionDecisionAttributes: &swf.CompleteWorkflowExecutionDecisionAttributes{
			Result: result,
		},
	}}
}
