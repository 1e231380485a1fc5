"""Files of any content: applied, or refused with a message that begins with their name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from swf_emulator import Emulator
from swf_emulator.command.cli import main
from swf_emulator.command.documents import DocumentError, read_document
from swf_emulator.command.init_files import apply_init_files

scalars = (
    st.text(max_size=20)
    | st.integers(-(10**30), 10**30)
    | st.booleans()
    | st.floats()
    | st.sampled_from(["NONE", "0", "90", "a", "\x00", "1.0", "\ud83d", "x" * 300])
)
names = st.sampled_from(
    [
        *("domains", "name", "version", "workflowTypes", "activityTypes", "executions"),
        *("workflowType", "defaultTaskList", "tagList", "account", "region", "description"),
        *("workflowId", "tags", "workflowExecutionRetentionPeriodInDays", "unknown"),
    ]
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)
documents = st.fixed_dictionaries({"domains": values | st.lists(values, max_size=3)}) | values

in_a_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80
)


def refusal(use: Callable[[], object], otherwise: str = "") -> str:
    """Return the message with which a file is refused, else ``otherwise``."""
    try:
        use()
    except DocumentError as error:
        return str(error)
    return otherwise


@in_a_folder
@given(documents)
@example({"domains": [{"name": "a", "executions": [{"workflowId": {}}]}]})
def test_an_init_file_is_applied_or_refused(tmp_path: Path, document: Any) -> None:
    file = tmp_path / "init.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
    with Emulator(clock="virtual") as emulator:
        assert refusal(
            lambda: apply_init_files(emulator.service, [file]), f"{file}: applied"
        ).startswith(str(file))
        emulator.import_state(emulator.export_state())


@in_a_folder
@given(st.sampled_from([".toml", ".yaml"]), st.binary(max_size=200) | st.text().map(str.encode))
def test_a_file_of_any_bytes_is_read_or_refused(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    file = tmp_path / f"any{suffix}"
    file.write_bytes(content)
    assert refusal(lambda: read_document(file), f"{file}: read").startswith(str(file))


@in_a_folder
@given(
    st.dictionaries(
        st.sampled_from(["port", "speed", "clock", "init", "control", "poll-hold", "seed", "host"])
        | st.text("abc-", min_size=1, max_size=5),
        scalars | st.lists(scalars, max_size=2) | st.dictionaries(names, scalars, max_size=2),
        min_size=1,
        max_size=3,
    )
)
def test_a_configuration_file_is_a_startup_error_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: dict[str, Any]
) -> None:
    file = tmp_path / "emulator.toml"
    lines = [f"{json.dumps(name)} = {_toml(value)}" for name, value in table.items()]
    lines.append('listen-nowhere = "so that no file is ever accepted"')
    file.write_text("\n".join(lines), encoding="utf-8")
    result = CliRunner().invoke(main, ["serve", "--config", str(file)])
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert file.name in result.output


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        members = (f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, float):
        return str(value)
    return json.dumps(value)
