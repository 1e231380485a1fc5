"""Initial domains, types and executions from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swf_emulator import Emulator
from swf_emulator.command.documents import DocumentError
from swf_emulator.command.init_files import apply_init_files

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


def test_a_file_defines_domains_types_and_executions(
    file: Path, virtual: Emulator, swf: Any
) -> None:
    assert apply_init_files(virtual.service, [file]) == 4
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


def test_applying_a_file_again_changes_nothing(file: Path, virtual: Emulator) -> None:
    apply_init_files(virtual.service, [file])
    before = virtual.export_state()
    assert apply_init_files(virtual.service, [file]) == 0
    assert virtual.export_state() == before


def test_the_files_of_a_directory_are_ordered_by_name(
    tmp_path: Path, virtual: Emulator, swf: Any
) -> None:
    (tmp_path / "10-types.yml").write_text(
        "domains:\n  - name: a\n    activityTypes:\n      - {name: t, version: 1}\n"
    )
    (tmp_path / "00-domains.toml").write_text(
        '[[domains]]\nname = "a"\ndescription = "first"\n[[domains]]\nname = "b"\n'
    )
    (tmp_path / "README.md").write_text("not read")
    assert apply_init_files(virtual.service, [tmp_path]) == 3
    assert swf.describe_domain(name="a")["domainInfo"]["description"] == "first"


def test_accounts_and_regions(tmp_path: Path, virtual: Emulator) -> None:
    file = tmp_path / "i.toml"
    file.write_text(
        '[[domains]]\nname = "a"\nregion = "eu-west-1"\naccount = "111122223333"\n'
        '[[domains]]\nname = "a"\ndescription = "another"\n'
    )
    assert apply_init_files(virtual.service, [file]) == 2
    there = virtual.client(region_name="eu-west-1", aws_access_key_id="111122223333")
    assert there.describe_domain(name="a")["domainInfo"]["arn"] == (
        "arn:aws:swf:eu-west-1:111122223333:/domain/a"
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[[domain]]\nname = 'a'", ": unknown member 'domain'; known: domains"),
        ("domains = 'a'", ": domains: must be a list of tables"),
        ("domains = ['a']", ": domains: must be a list of tables"),
        ("[[domains]]\ndescription = 'a'", ": domains[0]: the domain must have a 'name'"),
        (
            "[[domains]]\nname = 'a'\n[[domains]]\nname = 'b'\nretention = 7",
            ": domains[1]: unknown member 'retention'; known: description, ",
        ),
        (
            "[[domains]]\nname = 'a'\nworkflowExecutionRetentionPeriodInDays = 91",
            ": domains[0]: RegisterDomain: ValidationException: ",
        ),
        (
            "[[domains]]\nname = 'a'\n[[domains.workflowTypes]]\nname = 't'\nversion = ''",
            ": domains[0].workflowTypes[0]: RegisterWorkflowType: ValidationException: ",
        ),
        (
            "[[domains]]\nname = 'a'\nworkflowTypes = 't'",
            ": domains[0].workflowTypes: must be a list of tables",
        ),
        (
            "[[domains]]\nname = 'a'\n[[domains.workflowTypes]]\ndomain = 'b'\nname = 't'",
            ": domains[0].workflowTypes[0]: unknown member 'domain'; known: default",
        ),
        (
            "[[domains]]\nname = 'a'\n[[domains.executions]]\nworkflowId = 'x'\n"
            "workflowType = {name = 't', version = '1'}",
            ": domains[0].executions[0]: StartWorkflowExecution: UnknownResourceFault: Unknown ",
        ),
        (
            "[[domains]]\nname = 'a'\n[[domains.workflowTypes]]\nname = 't'\nversion = '1'\n"
            "defaultTaskList = {nam = 'x'}",
            ": domains[0].workflowTypes[0].defaultTaskList: unknown member 'nam'; known: name",
        ),
        (
            "[[domains]]\nname = 'a'\n[[domains.executions]]\nworkflowId = 'x'\n"
            "workflowType = {name = 't', version = 2026-01-01}",
            ": domains[0].executions[0].workflowType.version: must be a string or a number, "
            "not a date",
        ),
        (
            "[[domains]]\nname = 'a'\n[[domains.executions]]\nworkflowId = 'x'\n"
            "tagList = ['a', 12:00:00]",
            ": domains[0].executions[0].tagList[1]: must be a string or a number, not a time",
        ),
        (
            "[[domains]]\nname = 'a'\ndescription = 'x'\n[[domains]]\nname = 'a'\n"
            "description = 'y'",
            ": domains[1]: 'description' conflicts with its value at ",
        ),
    ],
)
def test_an_error_names_file_and_place(
    tmp_path: Path, virtual: Emulator, text: str, error: str
) -> None:
    file = tmp_path / "init.toml"
    file.write_text(text)
    with pytest.raises(DocumentError) as caught:
        apply_init_files(virtual.service, [file])
    assert str(caught.value).startswith(f"{file}{error}")


def test_nothing_is_applied_if_a_later_file_is_invalid(tmp_path: Path, virtual: Emulator) -> None:
    (tmp_path / "a.toml").write_text('[[domains]]\nname = "a"\n')
    (tmp_path / "b.toml").write_text("[[domains]\n")
    with pytest.raises(DocumentError, match=r"b\.toml: Expected"):
        apply_init_files(virtual.service, [tmp_path])
    assert virtual.export_state()["domains"] == []
