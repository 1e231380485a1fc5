"""A fortieth operation: CountOpenTimers, which only reads.

It touches one product file and one case file; the service model and the tables in the documents
are generated.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .repository import MODEL, Repository

pytestmark = [pytest.mark.house, pytest.mark.timeout(600)]

MODULE = "swf_emulator/protocol/operations/executions.py"
CASES = "conformance/cases/open_timers.txt"
README, FIDELITY = "README.md", "docs/fidelity.md"

CHANGE = {
    "operations": {
        "CountOpenTimers": {
            "name": "CountOpenTimers",
            "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "CountOpenTimersInput"},
            "output": {"shape": "OpenTimersCount"},
            "errors": [{"shape": "UnknownResourceFault"}, {"shape": "OperationNotPermittedFault"}],
        }
    }
}
SHAPES = {
    "CountOpenTimersInput": {
        "type": "structure",
        "required": ["domain", "execution"],
        "members": {
            "domain": {"shape": "DomainName"},
            "execution": {"shape": "WorkflowExecution"},
        },
    },
    "OpenTimersCount": {
        "type": "structure",
        "required": ["count"],
        "members": {"count": {"shape": "Count"}},
    },
}

FUNCTION = '''\
@operation("CountOpenTimers", reads=True)
def count_open_timers(call: Call) -> Result:
    """Return the number of open timers. Fault: UnknownResourceFault."""
    return Members({"count": _run(call).execution.open_counts["openTimers"]})


'''
PLACE = "def _open_run(call: Call)"

CASE = """\
# Open timers.

=== counted
title: open timers are counted
source: the experiment of tests/house
grade: inferred

StartWorkflowExecution as run
decide
  StartTimer timerId=t startToFireTimeout=100
  StartTimer timerId=u startToFireTimeout=100
CountOpenTimers execution.workflowId=w execution.runId=$run
----
count: 2

=== unknown
title: an unknown execution has no timers to count
source: the experiment of tests/house
grade: inferred

CountOpenTimers execution.workflowId=none execution.runId=none
----
fault UnknownResourceFault
"""


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The service model has the operation, the emulator does not."""
    repository = Repository(tmp_path_factory.mktemp("modelled") / "copy")
    repository.amend_model(CHANGE, SHAPES)
    return repository


@pytest.fixture(scope="module")
def complete(modelled: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Everything is done that is to be done."""
    repository = modelled.copy(tmp_path_factory.mktemp("complete") / "copy")
    repository.replace(MODULE, PLACE, FUNCTION + PLACE)
    repository.write(CASES, CASE)
    repository.make_docs()
    return repository


def test_one_product_file_is_touched(complete: Repository) -> None:
    assert complete.touched() == {MODULE, CASES, MODEL, README, FIDELITY}


def test_it_works_wherever_an_operation_shows(complete: Repository) -> None:
    complete.test("tests/house/probes/operation.py")


@pytest.mark.parametrize(
    "tests",
    [
        ("tests/test_completeness.py", "tests/docs", "tests/protocol"),
        ("tests/conformance/test_fidelity.py", "conformance/tests"),
        ("tests/cases", "-k", "open_timers or CountOpenTimers"),
    ],
    ids=" ".join,
)
def test_what_the_repository_tests_holds_in_the_copy(
    complete: Repository, tests: tuple[str, ...]
) -> None:
    complete.test("-n", "2", *tests)


# What is left out is named.


def test_without_a_function_the_completeness_test_names_the_file(modelled: Repository) -> None:
    output = modelled.failing_test("tests/test_completeness.py")
    assert "CountOpenTimers has no function. Add to swf_emulator/protocol/operations/" in output
    assert '@operation("CountOpenTimers", reads=True)' in output


def test_without_a_case_the_coverage_names_it(complete: Repository, tmp_path: Path) -> None:
    incomplete = complete.copy(tmp_path / "copy")
    incomplete.write(CASES, "")
    output = incomplete.failing_test("conformance/tests/test_coverage.py")
    assert "add cases to conformance/cases:\nE         op/CountOpenTimers" in output
