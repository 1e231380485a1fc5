"""What an emulator begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.command.documents import DocumentError
from swf_emulator.command.init_files import seed

TOML = """\
[[domains]]
name = "orders"
workflowExecutionRetentionPeriodInDays = 7

  [[domains.workflowTypes]]
  name = "Order"
  version = 1.10
  defaultTaskList.name = "orders"
  defaultTaskStartToCloseTimeout = 60
  defaultExecutionStartToCloseTimeout = 3600
  defaultChildPolicy = "TERMINATE"

  [[domains.activityTypes]]
  name = "Ship"
  version = "1.0"

  [[domains.executions]]
  workflowId = "order-1"
  workflowType = { name = "Order", version = "1.10" }
  tagList = ["first"]
"""
YAML = """\
domains:
  - name: orders
    workflowExecutionRetentionPeriodInDays: 7
    workflowTypes:
      - name: Order
        version: 1.10
        defaultTaskList: {name: orders}
        defaultTaskStartToCloseTimeout: 60
        defaultExecutionStartToCloseTimeout: 3600
        defaultChildPolicy: TERMINATE
    activityTypes:
      - {name: Ship, version: 1.0}
    executions:
      - workflowId: order-1
        workflowType: {name: Order, version: 1.10}
        tagList: [first]
"""


@pytest.fixture(params=[("init.toml", TOML), ("init.yaml", YAML)], ids=["toml", "yaml"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name, text = request.param
    written: Path = tmp_path / name
    written.write_text(text)
    return written


def test_a_file_brings_domains_types_and_executions(
    file: Path, virtual: Emulator, swf: Any
) -> None:
    assert seed(virtual.service, [file]) == 4
    domain = swf.describe_domain(name="orders")
    assert domain["configuration"]["workflowExecutionRetentionPeriodInDays"] == "7"
    described = swf.describe_workflow_type(
        domain="orders", workflowType={"name": "Order", "version": "1.10"}
    )
    assert described["configuration"] == {
        "defaultTaskList": {"name": "orders"},
        "defaultTaskStartToCloseTimeout": "60",
        "defaultExecutionStartToCloseTimeout": "3600",
        "defaultChildPolicy": "TERMINATE",
    }
    swf.describe_activity_type(domain="orders", activityType={"name": "Ship", "version": "1.0"})
    task = swf.poll_for_decision_task(domain="orders", taskList={"name": "orders"})
    assert task["workflowExecution"]["workflowId"] == "order-1"
    started = task["events"][0]["workflowExecutionStartedEventAttributes"]
    assert started["tagList"] == ["first"]


def test_doing_it_again_changes_nothing(file: Path, virtual: Emulator) -> None:
    seed(virtual.service, [file])
    before = virtual.export_state()
    assert seed(virtual.service, [file]) == 0
    assert virtual.export_state() == before


def test_a_directory_is_done_in_the_order_of_names(
    tmp_path: Path, virtual: Emulator, swf: Any
) -> None:
    (tmp_path / "10-types.yml").write_text(
        "domains:\n  - name: a\n    activityTypes:\n      - {name: t, version: 1}\n"
    )
    (tmp_path / "00-domains.toml").write_text(
        '[[domains]]\nname = "a"\ndescription = "first"\n[[domains]]\nname = "b"\n'
    )
    (tmp_path / "README.md").write_text("not read")
    assert seed(virtual.service, [tmp_path]) == 3
    assert swf.describe_domain(name="a")["domainInfo"]["description"] == "first"


def test_accounts_and_regions(tmp_path: Path, virtual: Emulator) -> None:
    file = tmp_path / "i.toml"
    file.write_text(
        '[[domains]]\nname = "a"\nregion = "eu-west-1"\naccount = "111122223333"\n'
        '[[domains]]\nname = "a"\ndescription = "another"\n'
    )
    assert seed(virtual.service, [file]) == 2
    there = virtual.client(region_name="eu-west-1", aws_access_key_id="111122223333")
    assert there.describe_domain(name="a")["domainInfo"]["arn"] == (
        "arn:aws:swf:eu-west-1:111122223333:/domain/a"
    )


@pytest.mark.parametrize(
    ("line", "text", "said"),
    [
        (1, "[[domain]]\nname = 'a'", "unknown member 'domain'; known: domains"),
        (1, "domains = 'a'", "'domains' must be a list of tables"),
        (1, "domains = ['a']", "'domains' must be a list of tables"),
        (1, "[[domains]]\ndescription = 'a'", "the domain has no 'name'"),
        (3, "[[domains]]\nname = 'a'\nretention = 7", "unknown member 'retention'; known: desc"),
        (
            3,
            "[[domains]]\nname = 'a'\nworkflowExecutionRetentionPeriodInDays = 91",
            "RegisterDomain: ValidationException: ",
        ),
        (
            5,
            "[[domains]]\nname = 'a'\n[[domains.workflowTypes]]\nname = 't'\nversion = ''",
            "RegisterWorkflowType: ValidationException: ",
        ),
        (
            4,
            "[[domains]]\nname = 'a'\n[[domains.workflowTypes]]\ndomain = 'b'\nname = 't'",
            "unknown member 'domain'",
        ),
        (
            3,
            "[[domains]]\nname = 'a'\n[[domains.executions]]\nworkflowId = 'x'\n"
            "workflowType = {name = 't', version = '1'}",
            "StartWorkflowExecution: UnknownResourceFault: Unknown type: ",
        ),
        (
            3,
            "[[domains]]\nname = 'a'\n[[domains.activityTypes]]\nname = 't'\nversion = 2026-01-01",
            "RegisterActivityType: version must be a JSON value, not of type date",
        ),
        (
            4,
            "[[domains]]\nname = 'a'\ndescription = 'x'\n[[domains]]\nname = 'a'\n"
            "description = 'y'",
            "RegisterDomain: 'description' is not what it is at ",
        ),
    ],
)
def test_what_is_wrong_names_file_and_line(
    tmp_path: Path, virtual: Emulator, line: int, text: str, said: str
) -> None:
    file = tmp_path / "init.toml"
    file.write_text(text)
    with pytest.raises(DocumentError) as caught:
        seed(virtual.service, [file])
    where, _, what = str(caught.value).partition(": ")
    assert what.startswith(said)
    assert where == f"{file}:{line}"


def test_the_line_of_a_refused_member(tmp_path: Path, virtual: Emulator) -> None:
    file = tmp_path / "init.yaml"
    file.write_text(YAML.replace("TERMINATE", "KILL"))
    with pytest.raises(DocumentError, match=r"init\.yaml:10: RegisterWorkflowType: Validation"):
        seed(virtual.service, [file])


def test_nothing_is_done_if_a_later_file_cannot_be_read(tmp_path: Path, virtual: Emulator) -> None:
    (tmp_path / "a.toml").write_text('[[domains]]\nname = "a"\n')
    (tmp_path / "b.toml").write_text("[[domains]\n")
    with pytest.raises(DocumentError, match=r"b\.toml:1: "):
        seed(virtual.service, [tmp_path])
    assert virtual.export_state()["domains"] == []
