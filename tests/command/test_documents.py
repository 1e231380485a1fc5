"""Reading TOML and YAML files."""

from __future__ import annotations

from pathlib import Path

import pytest

from swf_emulator.command.documents import DocumentError, read_document


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


@pytest.mark.parametrize(("name", "text"), [("d.toml", "v = 1.10"), ("d.yml", "v: 1.10")])
def test_a_version_keeps_its_zero(tmp_path: Path, name: str, text: str) -> None:
    assert read_document(written(tmp_path, name, text)) == {"v": "1.10"}


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("d.toml", "a = 1\nb = \n", "Invalid value (at line 2, column 5)"),
        ("d.toml", "a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6)"),
        ("d.yaml", "a: 1\nb: [\n", "expected the node content, but found '<stream end>' (at line"),
        ("d.toml", f"a = {'9' * 5_000}", "Exceeds the limit"),
        ("d.toml", "a = " + "[" * 5_000, "tables and lists must not be nested hundreds"),
        ("d.yaml", "a: &x 1\nb: *x\n", "references (*name) are not allowed (at line 2, column 4)"),
        ("d.yaml", "a: 1\nb: 2\na: 3\n", "the key 'a' must not be repeated (at line 3, column 1)"),
        ("d.yaml", "? [a]\n: 1\n", "a key must be a string (at line 1, column 3)"),
        ("d.yaml", "a: " + "[" * 5_000, "tables and lists must not be nested hundreds"),
        ("d.yaml", "a: \x01\n", "unacceptable character #x0001"),
        ("d.yaml", "- a\n", "the file must be a mapping, not a list"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, name: str, text: str, error: str) -> None:
    file = written(tmp_path, name, text)
    with pytest.raises(DocumentError) as caught:
        read_document(file)
    assert str(caught.value).startswith(f"{file}: {error}")


def test_a_file_must_exist_and_be_text(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"absent\.toml: No such file"):
        read_document(tmp_path / "absent.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(DocumentError, match=r"binary\.toml: the file must be UTF-8 text"):
        read_document(binary)


def test_an_empty_yaml_file_is_an_empty_mapping(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "d.yaml", "")) == {}
