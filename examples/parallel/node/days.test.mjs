// Tests that run at once against one emulator: some skip days, others stand still.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withAccount } from "./account.mjs";

const DAY = 86_400;
const domain = "shop";
const workflowType = { name: "order", version: "1" };

async function start(account) {
  await account.call("RegisterDomain", { name: domain, workflowExecutionRetentionPeriodInDays: "90" });
  await account.call("RegisterWorkflowType", { domain, ...workflowType });
  await account.call("StartWorkflowExecution", {
    domain,
    workflowId: "order-1",
    workflowType,
    taskList: { name: "orders" },
    childPolicy: "TERMINATE",
    taskStartToCloseTimeout: "NONE",
    executionStartToCloseTimeout: String(10 * DAY),
  });
}

async function open(account) {
  const startTimeFilter = { oldestDate: 0 };
  return (await account.call("CountOpenWorkflowExecutions", { domain, startTimeFilter })).count;
}

describe("orders", { concurrency: true }, () => {
  for (const days of [9, 10, 30]) {
    it(`${days} days pass`, withAccount(async (account) => {
      await start(account);
      for (let day = 0; day < days; day += 1) await account.clock({ advance: DAY });
      assert.equal(await open(account), days < 10 ? 1 : 0);
    }));
  }

  for (const number of [1, 2, 3]) {
    it(`time stands still (${number})`, withAccount(async (account) => {
      await start(account);
      const before = (await account.clock({ advance: 0 })).now;
      for (let look = 0; look < 30; look += 1) assert.equal(await open(account), 1);
      assert.equal((await account.clock({ advance: 0 })).now, before);
    }));
  }
});
