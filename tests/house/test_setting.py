"""A setting: one field of Settings, and the table of options is generated."""

from __future__ import annotations

import pytest

from .repository import Repository

pytestmark = [pytest.mark.house, pytest.mark.timeout(600)]

SETTINGS = "swf_emulator/core/settings.py"
PAGE = "docs/configuration.md"
FIELD = '    max_signals: int = setting(500, "Signals per execution.", "inferred", at_least=3)\n'
PLACE = "    max_open_timers: int ="


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = Repository(tmp_path_factory.mktemp("added") / "copy")
    repository.replace(SETTINGS, PLACE, FIELD + PLACE)
    return repository


@pytest.fixture(scope="module")
def complete(added: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = added.copy(tmp_path_factory.mktemp("complete") / "copy")
    repository.make_docs()
    return repository


def test_one_line_is_enough(complete: Repository) -> None:
    assert complete.touched() == {SETTINGS, PAGE}


def test_it_works_wherever_a_setting_shows(complete: Repository) -> None:
    complete.test("tests/house/probes/setting.py")


def test_what_the_repository_tests_holds_in_the_copy(complete: Repository) -> None:
    complete.test(
        "-n", "2", "tests/core", "tests/docs", "tests/command/test_options.py", "tests/http/control"
    )


def test_a_table_that_was_not_generated_is_named(added: Repository) -> None:
    assert "run make docs" in added.failing_test("tests/docs")
