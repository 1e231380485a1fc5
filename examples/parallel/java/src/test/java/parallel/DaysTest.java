package parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that run at once: some skip days, others stand still. */
@ExtendWith(Account.Each.class)
class DaysTest {
    private static final int DAY = 86_400;
    private static final String TYPE = "\"name\": \"order\", \"version\": \"1\"";

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 30})
    void daysPass(int days, Account account) {
        start(account);
        for (int day = 0; day < days; day++) {
            account.clock("{\"advance\": " + DAY + "}");
        }
        assertEquals(days < 10 ? 1 : 0, open(account));
    }

    @RepeatedTest(3)
    void timeStandsStill(Account account) {
        start(account);
        String before = account.clock("{\"advance\": 0}");
        for (int look = 0; look < 30; look++) {
            assertEquals(1, open(account));
        }
        assertEquals(before, account.clock("{\"advance\": 0}"));
    }

    private static void start(Account account) {
        account.call("RegisterDomain",
                "{\"name\": \"shop\", \"workflowExecutionRetentionPeriodInDays\": \"90\"}");
        account.call("RegisterWorkflowType", "{\"domain\": \"shop\", " + TYPE + "}");
        account.call("StartWorkflowExecution",
                "{\"domain\": \"shop\", \"workflowId\": \"order-1\", \"workflowType\": {" + TYPE + "},"
                        + "\"taskList\": {\"name\": \"orders\"}, \"childPolicy\": \"TERMINATE\","
                        + "\"taskStartToCloseTimeout\": \"NONE\","
                        + "\"executionStartToCloseTimeout\": \"" + 10 * DAY + "\"}");
    }

    private static int open(Account account) {
        String found = account.call("CountOpenWorkflowExecutions",
                "{\"domain\": \"shop\", \"startTimeFilter\": {\"oldestDate\": 0}}");
        return Integer.parseInt(found.replaceAll("(?s).*\"count\":\\s*(\\d+).*", "$1"));
    }
}
