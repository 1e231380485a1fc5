// Package parallel gives each test an account of swf-emulator: its own state and its own clock.
//
// Clients of an AWS SDK take the endpoint and Account.ID as their access key.
package parallel

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"testing"
)

// Endpoint is the URL of the emulator.
func Endpoint() string {
	if found := os.Getenv("SWF_EMULATOR_URL"); found != "" {
		return found
	}
	return "http://127.0.0.1:4596"
}

// Account is an account for one test.
type Account struct {
	ID string
	t  testing.TB
}

// New returns a fresh account whose time stands still. It is forgotten after the test; if the
// test fails, the timelines of its executions are logged first.
func New(t testing.TB) *Account {
	t.Helper()
	number, err := rand.Int(rand.Reader, big.NewInt(1e12))
	if err != nil {
		t.Fatal(err)
	}
	account := &Account{fmt.Sprintf("%012d", number), t}
	account.Clock(map[string]any{"mode": "virtual"})
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(account.Timelines())
		}
		account.send("DELETE", "/_emulator/accounts/"+account.ID, nil, nil)
	})
	return account
}

// Clock changes the account's clock and returns its time. A change has one of the members mode,
// advance (seconds), advanceTo and toNextDeadline.
func (a *Account) Clock(change map[string]any) string {
	a.t.Helper()
	var clock struct{ Now string }
	path := "/_emulator/clock?account=" + a.ID
	a.decode(a.send("POST", path, change, map[string]string{"Content-Type": "application/json"}), &clock)
	return clock.Now
}

// Call calls an SWF operation and stores its result in out, unless that is nil.
func (a *Account) Call(operation string, in map[string]any, out any) {
	a.t.Helper()
	answer := a.send("POST", "/", in, map[string]string{
		"Content-Type": "application/x-amz-json-1.0",
		"X-Amz-Target": "SimpleWorkflowService." + operation,
		"Authorization": "AWS4-HMAC-SHA256 Credential=" + a.ID +
			"/20260101/us-east-1/swf/aws4_request, SignedHeaders=host, Signature=0",
	})
	if out != nil {
		a.decode(answer, out)
	}
}

// Timelines returns the timelines of the account's executions, as text.
func (a *Account) Timelines() string {
	a.t.Helper()
	var listed struct {
		Executions []struct{ Region, Domain, WorkflowID, RunID string }
	}
	a.decode(a.send("GET", "/_emulator/executions?account="+a.ID, nil, nil), &listed)
	text := ""
	for _, each := range listed.Executions {
		query := url.Values{
			"account": {a.ID}, "region": {each.Region}, "domain": {each.Domain},
			"workflowId": {each.WorkflowID}, "runId": {each.RunID}, "format": {"timeline"},
		}
		text += string(a.send("GET", "/_emulator/executions/history?"+query.Encode(), nil, nil))
	}
	return text
}

func (a *Account) decode(answer []byte, out any) {
	a.t.Helper()
	if err := json.Unmarshal(answer, out); err != nil {
		a.t.Fatal(err)
	}
}

func (a *Account) send(method, path string, body map[string]any, headers map[string]string) []byte {
	a.t.Helper()
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, Endpoint()+path, content)
	if err != nil {
		a.t.Fatal(err)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		a.t.Fatalf("%s %s: %d %s", method, path, response.StatusCode, answer)
	}
	return answer
}
