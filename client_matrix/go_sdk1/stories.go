package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/swf"
)

var (
	decisions  = &swf.TaskList{Name: aws.String("decisions")}
	activities = &swf.TaskList{Name: aws.String("activities")}
	begin1970  = time.Unix(0, 0)
)

// stage is a domain in which one story is played.
type stage struct {
	swf      *swf.SWF
	domain   *string
	attempts int
}

type story struct {
	name string
	play func(*stage) error
}

var stories = []story{
	{"hello", func(s *stage) error { return s.steps("hello", "dwd", "hello after 1") }},
	{"retry", func(s *stage) error { return s.steps("retry", "dwdwd", "retry after 2") }},
	{"timer", func(s *stage) error { return s.steps("timer", "dd", "the timer fired") }},
	{"signal", func(s *stage) error { return s.steps("signal", "dsd", "payload") }},
	{"cancel", (*stage).cancel},
	{"child", (*stage).child},
	{"continue-as-new", (*stage).continueAsNew},
	{"long-poll", (*stage).longPoll},
	{"heartbeat", (*stage).heartbeat},
	{"paging", (*stage).paging},
	{"errors", (*stage).errors},
}

// register registers the domain and both swf.
func (s *stage) register() error {
	_, err := s.swf.RegisterDomain(&swf.RegisterDomainInput{
		Name:                                   s.domain,
		WorkflowExecutionRetentionPeriodInDays: aws.String("1"),
	})
	if err != nil {
		return err
	}
	_, err = s.swf.RegisterWorkflowType(&swf.RegisterWorkflowTypeInput{
		Domain:                              s.domain,
		Name:                                flow.Name,
		Version:                             flow.Version,
		DefaultTaskList:                     decisions,
		DefaultTaskStartToCloseTimeout:      aws.String("60"),
		DefaultExecutionStartToCloseTimeout: aws.String("600"),
		DefaultChildPolicy:                  aws.String(swf.ChildPolicyTerminate),
	})
	if err != nil {
		return err
	}
	_, err = s.swf.RegisterActivityType(&swf.RegisterActivityTypeInput{
		Domain:                            s.domain,
		Name:                              work.Name,
		Version:                           work.Version,
		DefaultTaskList:                   activities,
		DefaultTaskStartToCloseTimeout:    aws.String("60"),
		DefaultTaskScheduleToStartTimeout: aws.String("60"),
		DefaultTaskScheduleToCloseTimeout: aws.String("60"),
		DefaultTaskHeartbeatTimeout:       aws.String("NONE"),
	})
	return err
}

// steps plays a workflow by single steps: (d)ecide, (w)ork, (s)ignal.
func (s *stage) steps(name, steps, result string) error {
	run, err := s.start(name)
	if err != nil {
		return err
	}
	for _, step := range steps {
		switch step {
		case 'd':
			err = s.decide()
		case 'w':
			err = s.work()
		default:
			err = s.signal(name, "payload")
		}
		if err != nil {
			return err
		}
	}
	return s.expectCompleted(name, run, result)
}

func (s *stage) cancel() error {
	run, err := s.start("cancel")
	if err != nil {
		return err
	}
	if err := s.decide(); err != nil {
		return err
	}
	_, err = s.swf.RequestCancelWorkflowExecution(&swf.RequestCancelWorkflowExecutionInput{
		Domain: s.domain, WorkflowId: aws.String("cancel"),
	})
	if err != nil {
		return err
	}
	if err := s.decide(); err != nil {
		return err
	}
	last, err := s.last("cancel", run, swf.EventTypeWorkflowExecutionCanceled)
	if err != nil {
		return err
	}
	return expect("as asked", *last.WorkflowExecutionCanceledEventAttributes.Details)
}

// child has parent and child share a task list: how many decisions it takes depends on their order.
func (s *stage) child() error {
	run, err := s.start("child")
	if err != nil {
		return err
	}
	for open := true; open; {
		if err := s.decide(); err != nil {
			return err
		}
		described, err := s.swf.DescribeWorkflowExecution(&swf.DescribeWorkflowExecutionInput{
			Domain: s.domain, Execution: execution("child", run),
		})
		if err != nil {
			return err
		}
		open = *described.ExecutionInfo.ExecutionStatus == swf.ExecutionStatusOpen
	}
	return s.expectCompleted("child", run, "from the child")
}

func (s *stage) continueAsNew() error {
	first, err := s.start("continue-as-new")
	if err != nil {
		return err
	}
	if err := s.decide(); err != nil {
		return err
	}
	last, err := s.last("continue-as-new", first, swf.EventTypeWorkflowExecutionContinuedAsNew)
	if err != nil {
		return err
	}
	second := last.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId
	if err := s.decide(); err != nil {
		return err
	}
	if err := s.expectCompleted("continue-as-new", second, "from the second run"); err != nil {
		return err
	}
	events, err := s.history("continue-as-new", second)
	if err != nil {
		return err
	}
	return expect(*first, *events[0].WorkflowExecutionStartedEventAttributes.ContinuedExecutionRunId)
}

// longPoll polls before there is work: the poll is held, and gets the task when it comes.
func (s *stage) longPoll() error {
	decided := make(chan error, 1)
	go func() { decided <- s.decide() }()
	select {
	case err := <-decided:
		return fmt.Errorf("the poll was not held: %w", err)
	case <-time.After(2 * time.Second):
	}
	run, err := s.start("long-poll")
	if err != nil {
		return err
	}
	select {
	case err := <-decided:
		if err != nil {
			return err
		}
	case <-time.After(10 * time.Second):
		return errors.New("the poll did not wake up")
	}
	return s.expectCompleted("long-poll", run, "the poll woke up")
}

// heartbeat lets an attempt fall silent after one heartbeat: it times out and its token is void.
func (s *stage) heartbeat() error {
	run, err := s.start("heartbeat")
	if err != nil {
		return err
	}
	if err := s.decide(); err != nil {
		return err
	}
	silent, err := s.takeActivity()
	if err != nil {
		return err
	}
	beat, err := s.swf.RecordActivityTaskHeartbeat(&swf.RecordActivityTaskHeartbeatInput{
		TaskToken: silent.TaskToken, Details: aws.String("halfway"),
	})
	if err != nil {
		return err
	}
	if err := expect(false, *beat.CancelRequested); err != nil {
		return err
	}
	if err := s.decide(); err != nil {
		return err
	}
	events, err := s.history("heartbeat", run)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(events, func(event *swf.HistoryEvent) bool {
		return *event.EventType == swf.EventTypeActivityTaskTimedOut
	})
	timeout := events[i].ActivityTaskTimedOutEventAttributes
	if err := expect("HEARTBEAT halfway", *timeout.TimeoutType+" "+*timeout.Details); err != nil {
		return err
	}
	_, err = s.swf.RespondActivityTaskCompleted(&swf.RespondActivityTaskCompletedInput{
		TaskToken: silent.TaskToken,
	})
	if err := expectFault[*swf.UnknownResourceFault](err); err != nil {
		return err
	}
	if err := s.work(); err != nil {
		return err
	}
	if err := s.decide(); err != nil {
		return err
	}
	return s.expectCompleted("heartbeat", run, "heartbeat after 1")
}

func (s *stage) paging() error {
	ids := []string{"paging-0", "paging-1", "paging-2", "paging-3", "paging-4"}
	for _, id := range ids {
		if _, err := s.start(id); err != nil {
			return err
		}
	}
	open, err := s.listOpen("paging")
	if err != nil {
		return err
	}
	if err := expect(strings.Join(ids, " "), strings.Join(open, " ")); err != nil {
		return err
	}
	for _, id := range ids {
		_, err := s.swf.TerminateWorkflowExecution(&swf.TerminateWorkflowExecutionInput{
			Domain: s.domain, WorkflowId: aws.String(id),
		})
		if err != nil {
			return err
		}
	}
	closed, err := s.countTerminated()
	if err != nil {
		return err
	}
	if err := expect(len(ids), closed); err != nil {
		return err
	}

	run, err := s.start("paging")
	if err != nil {
		return err
	}
	for range 5 {
		if err := s.signal("paging", "payload"); err != nil {
			return err
		}
	}
	if err := s.decide(); err != nil {
		return err
	}
	events, err := s.history("paging", run)
	if err != nil {
		return err
	}
	for i, event := range events {
		if err := expect(int64(i+1), *event.EventId); err != nil {
			return err
		}
	}
	return expect(10, len(events))
}

func (s *stage) listOpen(tag string) ([]string, error) {
	var ids []string
	err := s.swf.ListOpenWorkflowExecutionsPages(&swf.ListOpenWorkflowExecutionsInput{
		Domain:          s.domain,
		StartTimeFilter: &swf.ExecutionTimeFilter{OldestDate: &begin1970},
		TagFilter:       &swf.TagFilter{Tag: aws.String(tag)},
		MaximumPageSize: aws.Int64(2),
		ReverseOrder:    aws.Bool(true),
	}, func(page *swf.WorkflowExecutionInfos, _ bool) bool {
		for _, info := range page.ExecutionInfos {
			ids = append(ids, *info.Execution.WorkflowId)
		}
		return true
	})
	return ids, err
}

func (s *stage) countTerminated() (int, error) {
	count := 0
	err := s.swf.ListClosedWorkflowExecutionsPages(&swf.ListClosedWorkflowExecutionsInput{
		Domain:            s.domain,
		CloseTimeFilter:   &swf.ExecutionTimeFilter{OldestDate: &begin1970},
		CloseStatusFilter: &swf.CloseStatusFilter{Status: aws.String(swf.CloseStatusTerminated)},
		MaximumPageSize:   aws.Int64(2),
	}, func(page *swf.WorkflowExecutionInfos, _ bool) bool {
		count += len(page.ExecutionInfos)
		return true
	})
	return count, err
}

func (s *stage) errors() error {
	_, err := s.swf.DescribeDomain(&swf.DescribeDomainInput{Name: aws.String("no-such-domain")})
	if err := expectFault[*swf.UnknownResourceFault](err); err != nil {
		return err
	}
	if err := expectFault[*swf.DomainAlreadyExistsFault](s.register()); err != nil {
		return err
	}
	if err := expectFault[*swf.TypeAlreadyExistsFault](s.registerBare(*flow.Name)); err != nil {
		return err
	}
	if err := s.registerBare("bare"); err != nil {
		return err
	}
	if err := expectFault[*swf.DefaultUndefinedFault](s.startBare()); err != nil {
		return err
	}
	_, err = s.swf.DeprecateWorkflowType(&swf.DeprecateWorkflowTypeInput{
		Domain:       s.domain,
		WorkflowType: &swf.WorkflowType{Name: aws.String("bare"), Version: aws.String("1")},
	})
	if err != nil {
		return err
	}
	if err := expectFault[*swf.TypeDeprecatedFault](s.startBare()); err != nil {
		return err
	}
	if _, err := s.start("twice"); err != nil {
		return err
	}
	_, err = s.start("twice")
	return expectFault[*swf.WorkflowExecutionAlreadyStartedFault](err)
}

func (s *stage) registerBare(name string) error {
	_, err := s.swf.RegisterWorkflowType(&swf.RegisterWorkflowTypeInput{
		Domain: s.domain, Name: aws.String(name), Version: aws.String("1"),
	})
	return err
}

func (s *stage) startBare() error {
	_, err := s.swf.StartWorkflowExecution(&swf.StartWorkflowExecutionInput{
		Domain:       s.domain,
		WorkflowId:   aws.String("bare"),
		WorkflowType: &swf.WorkflowType{Name: aws.String("bare"), Version: aws.String("1")},
	})
	return err
}

// start starts an execution and returns its run id. The part of the id before a dash is its tag.
func (s *stage) start(id string) (*string, error) {
	tag, _, _ := strings.Cut(id, "-")
	started, err := s.swf.StartWorkflowExecution(&swf.StartWorkflowExecutionInput{
		Domain:       s.domain,
		WorkflowId:   aws.String(id),
		WorkflowType: flow,
		TagList:      []*string{aws.String(tag)},
		Input:        aws.String(id),
	})
	if err != nil {
		return nil, err
	}
	return started.RunId, nil
}

func (s *stage) signal(id, input string) error {
	_, err := s.swf.SignalWorkflowExecution(&swf.SignalWorkflowExecutionInput{
		Domain:     s.domain,
		WorkflowId: aws.String(id),
		SignalName: aws.String("go"),
		Input:      aws.String(input),
	})
	return err
}

// decide takes one decision task, its history page by page, and answers it.
func (s *stage) decide() error {
	var token *string
	var events []*swf.HistoryEvent
	err := s.swf.PollForDecisionTaskPages(&swf.PollForDecisionTaskInput{
		Domain: s.domain, TaskList: decisions, MaximumPageSize: aws.Int64(3),
	}, func(page *swf.PollForDecisionTaskOutput, _ bool) bool {
		token = page.TaskToken
		events = append(events, page.Events...)
		return true
	})
	if err != nil {
		return err
	}
	if token == nil {
		return errors.New("no decision task came")
	}
	_, err = s.swf.RespondDecisionTaskCompleted(&swf.RespondDecisionTaskCompletedInput{
		TaskToken: token, Decisions: decide(events),
	})
	return err
}

func (s *stage) takeActivity() (*swf.PollForActivityTaskOutput, error) {
	return s.swf.PollForActivityTask(&swf.PollForActivityTaskInput{
		Domain: s.domain, TaskList: activities,
	})
}

func (s *stage) work() error {
	task, err := s.takeActivity()
	if err != nil {
		return err
	}
	s.attempts++
	if *task.Input == "retry" && s.attempts == 1 {
		_, err = s.swf.RespondActivityTaskFailed(&swf.RespondActivityTaskFailedInput{
			TaskToken: task.TaskToken, Reason: aws.String("not yet"),
		})
	} else {
		_, err = s.swf.RespondActivityTaskCompleted(&swf.RespondActivityTaskCompletedInput{
			TaskToken: task.TaskToken,
			Result:    aws.String(fmt.Sprintf("%s after %d", *task.Input, s.attempts)),
		})
	}
	return err
}

func (s *stage) history(id string, run *string) ([]*swf.HistoryEvent, error) {
	var events []*swf.HistoryEvent
	err := s.swf.GetWorkflowExecutionHistoryPages(&swf.GetWorkflowExecutionHistoryInput{
		Domain: s.domain, Execution: execution(id, run), MaximumPageSize: aws.Int64(3),
	}, func(page *swf.GetWorkflowExecutionHistoryOutput, _ bool) bool {
		events = append(events, page.Events...)
		return true
	})
	return events, err
}

// last returns the last event, which must be of a type.
func (s *stage) last(id string, run *string, kind string) (*swf.HistoryEvent, error) {
	events, err := s.history(id, run)
	if err != nil {
		return nil, err
	}
	last := events[len(events)-1]
	return last, expect(kind, *last.EventType)
}

func (s *stage) expectCompleted(id string, run *string, result string) error {
	last, err := s.last(id, run, swf.EventTypeWorkflowExecutionCompleted)
	if err != nil {
		return err
	}
	return expect(result, *last.WorkflowExecutionCompletedEventAttributes.Result)
}

func execution(id string, run *string) *swf.WorkflowExecution {
	return &swf.WorkflowExecution{WorkflowId: aws.String(id), RunId: run}
}

func expect[T comparable](expected, got T) error {
	if expected != got {
		return fmt.Errorf("expected %v, got %v", expected, got)
	}
	return nil
}

func expectFault[T error](err error) error {
	var fault T
	if !errors.As(err, &fault) {
		return fmt.Errorf("expected %T, got %w", fault, err)
	}
	return nil
}
