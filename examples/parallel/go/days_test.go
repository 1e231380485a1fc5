package parallel

import (
	"fmt"
	"testing"
)

const day = 86_400

func start(a *Account) {
	a.Call("RegisterDomain", map[string]any{"name": "shop", "workflowExecutionRetentionPeriodInDays": "90"}, nil)
	a.Call("RegisterWorkflowType", map[string]any{"domain": "shop", "name": "order", "version": "1"}, nil)
	a.Call("StartWorkflowExecution", map[string]any{
		"domain": "shop", "workflowId": "order-1",
		"workflowType":            map[string]any{"name": "order", "version": "1"},
		"taskList":                map[string]any{"name": "orders"},
		"childPolicy":             "TERMINATE",
		"taskStartToCloseTimeout": "NONE", "executionStartToCloseTimeout": fmt.Sprint(10 * day),
	}, nil)
}

func open(a *Account) int {
	var found struct{ Count int }
	a.Call("CountOpenWorkflowExecutions", map[string]any{
		"domain": "shop", "startTimeFilter": map[string]any{"oldestDate": 0},
	}, &found)
	return found.Count
}

func TestDaysPass(t *testing.T) {
	for _, days := range []int{9, 10, 30} {
		days := days
		t.Run(fmt.Sprint(days), func(t *testing.T) {
			t.Parallel()
			account := New(t)
			start(account)
			for n := 0; n < days; n++ {
				account.Clock(map[string]any{"advance": day})
			}
			if found := open(account); (found == 1) != (days < 10) {
				t.Errorf("%d open executions after %d days", found, days)
			}
		})
	}
}

func TestTimeStandsStill(t *testing.T) {
	for n := 0; n < 3; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			account := New(t)
			start(account)
			before := account.Clock(map[string]any{"advance": 0})
			for n := 0; n < 30; n++ {
				if found := open(account); found != 1 {
					t.Fatalf("%d open executions", found)
				}
			}
			if now := account.Clock(map[string]any{"advance": 0}); now != before {
				t.Errorf("it was %s, and is %s", before, now)
			}
		})
	}
}
