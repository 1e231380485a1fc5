// An account of swf-emulator for one test: its own state and its own clock. Needs Node.js 20 only;
// clients of an AWS SDK take `endpoint` and `{ accessKeyId: account.id, secretAccessKey: "x" }`.
import { randomInt } from "node:crypto";

export const endpoint = process.env.SWF_EMULATOR_URL ?? "http://127.0.0.1:4596";

export class Account {
  id = String(randomInt(1e11, 2e11)).padStart(12, "0");

  /** Call an SWF operation. */
  async call(operation, input) {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": `SimpleWorkflowService.${operation}`,
        Authorization:
          `AWS4-HMAC-SHA256 Credential=${this.id}/20260101/us-east-1/swf/aws4_request, ` +
          "SignedHeaders=host, Signature=0",
      },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : {};
  }

  /** Change the account's clock: {mode}, {advance: seconds}, {advanceTo}, {toNextDeadline: true}. */
  async clock(change) {
    return (await this.control("POST", `clock?account=${this.id}`, change)).json();
  }

  /** The timelines of the account's executions, as text. */
  async timelines() {
    const listed = await this.control("GET", `executions?account=${this.id}`);
    const { executions } = await listed.json();
    const texts = executions.map(async ({ region, domain, workflowId, runId }) => {
      const query = { account: this.id, region, domain, workflowId, runId, format: "timeline" };
      const path = `executions/history?${new URLSearchParams(query)}`;
      return (await this.control("GET", path)).text();
    });
    return (await Promise.all(texts)).join("\n");
  }

  async control(method, path, body) {
    const response = await fetch(`${endpoint}/_emulator/${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response;
  }
}

/** Return the body of a test that gets an account, which is forgotten after the test. */
export function withAccount(body) {
  return async (context) => {
    const account = new Account();
    await account.clock({ mode: "virtual" });
    try {
      await body(account, context);
    } catch (error) {
      context.diagnostic(await account.timelines());
      throw error;
    } finally {
      await account.control("DELETE", `accounts/${account.id}`);
    }
  };
}
