"""The plugin, in separate runs of pytest."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

START = """
import boto3

TYPE = {"name": "order", "version": "1"}

def start(swf, domain, workflow_id="order-1"):
    swf.register_workflow_type(
        domain=domain, **TYPE, defaultTaskList={"name": "orders"},
        defaultChildPolicy="TERMINATE", defaultTaskStartToCloseTimeout="60",
        defaultExecutionStartToCloseTimeout="86400",
    )
    return swf.start_workflow_execution(
        domain=domain, workflowId=workflow_id, workflowType=TYPE
    )["runId"]
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    for variable in ("CI", "BUILD_NUMBER"):  # by which pytest repeats failures at greater length
        monkeypatch.delenv(variable, raising=False)
    pytester.makepyfile(starting=START)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester


def test_state_is_fresh_and_the_same_for_each_test(run: pytest.Pytester) -> None:
    run.makepyfile(
        """
        import pytest
        from starting import boto3, start

        run_ids = []

        @pytest.mark.parametrize("time", range(3))
        def test_one(swf, swf_domain, swf_emu, time):
            assert swf_emu.executions() == []
            assert swf_emu.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"
            run_ids.append(start(boto3.client("swf"), swf_domain))
            assert run_ids.count(run_ids[0]) == len(run_ids)
            swf_emu.clock.advance(90 * 86_400)
            assert swf_emu.history("order-1")[-1]["eventType"] == "WorkflowExecutionTimedOut"

        def test_names(swf, swf_domain):
            assert swf.meta.region_name == "us-east-1"
            assert swf_domain == "test"
        """
    )
    run.runpytest_inprocess().assert_outcomes(passed=4)


def test_configuration(run: pytest.Pytester) -> None:
    run.makeini("[pytest]\nswf_region = eu-west-1\nswf_domain = shop\nswf_clock = skip\n")
    run.makepyfile(
        """
        import pytest
        from swf_emulator import Settings, VirtualClock

        def test_options(swf, swf_domain, swf_emu):
            assert swf.meta.region_name == "eu-west-1"
            assert swf_domain == "shop"
            assert swf_emu.clock.mode == "skip"

        class TestOverridden:
            @pytest.fixture
            def swf_config(self):
                return {"settings": Settings(max_domains=1), "clock": VirtualClock()}

            def test_it(self, swf, swf_domain, swf_emu):
                assert swf_emu.clock.mode == "virtual"
                with pytest.raises(swf.exceptions.LimitExceededFault):
                    swf.register_domain(name="b", workflowExecutionRetentionPeriodInDays="1")
        """
    )
    run.runpytest_inprocess().assert_outcomes(passed=2)


def test_real_time(run: pytest.Pytester) -> None:
    run.makepyfile('def test_it(swf_emu):\n    assert swf_emu.clock.mode == "real"\n')
    run.runpytest_inprocess("--swf-real-time").assert_outcomes(passed=1)


FAILING = """
from starting import start

def test_fails(swf, swf_domain):
    start(swf, swf_domain)
    assert False

def test_passes(swf, swf_domain):
    start(swf, swf_domain, "order-2")

def test_touches_nothing(swf):
    assert False
"""


def test_a_failure_shows_what_has_happened(run: pytest.Pytester) -> None:
    run.makepyfile(FAILING)
    result = run.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*SWF executions*",
            "order-1 in test, run 22*",
            "1  +0s  WorkflowExecutionStarted  workflowType=order/1 taskList=orders",
            "2  +0s  DecisionTaskScheduled     taskList=orders",
        ]
    )
    result.stdout.no_fnmatch_line("*order-2*")
    assert result.stdout.str().count("SWF executions") == 1


def test_whole_histories_also_of_what_passes(run: pytest.Pytester) -> None:
    run.makepyfile(FAILING)
    result = run.runpytest_inprocess("--swf-show-history")
    result.stdout.fnmatch_lines(
        [
            "*WorkflowExecutionStarted*childPolicy=TERMINATE*",
            "*SWF executions of *test_passes*",
            "order-2 in test, run 22*",
        ]
    )


def test_a_fixture_that_fails_shows_it_too(run: pytest.Pytester) -> None:
    run.makepyfile(
        """
        import pytest
        from starting import start

        @pytest.fixture
        def placed(swf, swf_domain):
            start(swf, swf_domain)
            raise RuntimeError

        def test_it(placed):
            pass
        """
    )
    result = run.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*SWF executions*", "order-1 in test*"])


def test_a_worker_process_reports_it_too(run: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    run.makeini("[pytest]\n")
    run.makepyfile(FAILING)
    result = run.runpytest_inprocess("-n1")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*SWF executions*", "order-1 in test, run 22*"])


def test_a_server_for_other_processes(run: pytest.Pytester) -> None:
    run.makepyfile(
        """
        import json, os, subprocess, sys
        from urllib.request import Request, urlopen
        import boto3, pytest
        from botocore.config import Config
        from starting import start

        KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        urls = []
        kept = []

        def client(url):
            return boto3.client("swf", "us-east-1", endpoint_url=url, **KEYS)

        @pytest.mark.parametrize("time", range(2))
        def test_fresh_state_on_one_server(swf, swf_domain, swf_emu, swf_endpoint, time):
            urls.append(swf_endpoint)
            kept.append(client(swf_endpoint))
            assert len(set(urls)) == 1
            start(client(swf_endpoint), swf_domain)
            assert len(swf_emu.executions()) == 1
            before = swf_emu.clock.now_ms()
            moved = Request(
                swf_endpoint + "/_emulator/clock",
                json.dumps({"advance": 60}).encode(),
                {"Content-Type": "application/json"},
            )
            urlopen(moved).close()
            assert swf_emu.clock.now_ms() == before + 60_000

        def test_another_process(swf, swf_domain, swf_endpoint):
            start(swf, swf_domain)
            code = (
                "import boto3; swf = boto3.client('swf', 'us-east-1');"
                f"print(swf.count_pending_decision_tasks(domain={swf_domain!r},"
                " taskList={'name': 'orders'})['count'])"
            )
            environment = {
                **os.environ, "AWS_ENDPOINT_URL_SWF": swf_endpoint,
                "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
            }
            told = subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True
            )
            assert told.stdout.strip() == "1", told.stderr

        def test_who_outlives_a_test_is_refused():
            with pytest.raises(kept[0].exceptions.ClientError, match="No test is running"):
                kept[0].list_domains(registrationStatus="REGISTERED")
            for one in kept:
                one.close()
        """
    )
    run.runpytest_inprocess("-W", "ignore::ResourceWarning").assert_outcomes(passed=4)


def test_asynchronous_code_under_test(run: pytest.Pytester) -> None:
    run.makepyfile(
        """
        import asyncio
        import boto3
        from starting import start

        async def places():
            swf = boto3.client("swf")
            await asyncio.gather(*(
                asyncio.to_thread(
                    swf.signal_workflow_execution,
                    domain="test", workflowId="order-1", signalName=str(number),
                )
                for number in range(5)
            ))

        def test_it(swf, swf_domain, swf_emu):
            start(swf, swf_domain)
            asyncio.run(places())
            assert len(swf_emu.history("order-1")) == 7
        """
    )
    run.runpytest_inprocess().assert_outcomes(passed=1)


def test_unittest(run: pytest.Pytester) -> None:
    run.makepyfile(
        """
        import unittest
        import boto3
        from starting import start
        from swf_emulator.testing import EmulatorCase

        class Case(EmulatorCase):
            def test_fails(self):
                start(boto3.client("swf"), self.register_domain())
                self.fail("on purpose")

            def test_passes(self):
                assert self.emulator.executions() == []

        class AsyncCase(EmulatorCase, unittest.IsolatedAsyncioTestCase):
            async def test_fails(self):
                start(self.swf, self.register_domain())
                self.fail("on purpose")

        if __name__ == "__main__":
            unittest.main()
        """
    )
    result = run.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=2)
    assert result.stdout.str().count("The executions of this test:") == 2
    alone = run.run(sys.executable, "test_unittest.py")
    assert alone.ret == 1
    alone.stderr.fnmatch_lines(["*on purpose", "The executions of this test:", "order-1 in test*"])


def test_nothing_heavy_is_imported_before_a_fixture_is_used() -> None:
    code = (
        "import sys, pytest, swf_emulator.pytest_plugin;"
        "print([name for name in ('boto3', 'botocore', 'flask', 'uvicorn', 'hypothesis',"
        " 'swf_emulator.emulator', 'swf_emulator.engine') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
