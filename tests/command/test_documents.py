"""Documents know the lines of their parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from swf_emulator.command.documents import DocumentError, read_document

TOML = '''\
# a comment with [brackets]
port = 12
text = """
[[domains]]
name = 'not a header' """

[[domains]]
name = "a" # [ and {
list = [
  "]", '#',
]
  [[domains.types]]
  version = 1.10
  list.name = "x"
  [[domains.types]]
  name = "second"
[[domains]]
name = "b"
  [[domains.types]]
  name = { a = 1 }
[table.inner]
key = 1
'''
YAML = """\
domains:
  - name: a
    types:
      - {version: 1.10}
      - name: second
  -
    name: b
"""


def lines(tmp_path: Path, name: str, text: str) -> dict[tuple[str | int, ...], int]:
    file = tmp_path / name
    file.write_text(text)
    return read_document(file).lines


def test_lines_of_toml(tmp_path: Path) -> None:
    assert lines(tmp_path, "d.toml", TOML) == {
        ("port",): 2,
        ("text",): 3,
        ("domains",): 7,
        ("domains", 0): 7,
        ("domains", 0, "name"): 8,
        ("domains", 0, "list"): 9,
        ("domains", 0, "types"): 12,
        ("domains", 0, "types", 0): 12,
        ("domains", 0, "types", 0, "version"): 13,
        ("domains", 0, "types", 0, "list"): 14,
        ("domains", 0, "types", 0, "list", "name"): 14,
        ("domains", 0, "types", 1): 15,
        ("domains", 0, "types", 1, "name"): 16,
        ("domains", 1): 17,
        ("domains", 1, "name"): 18,
        ("domains", 1, "types"): 19,
        ("domains", 1, "types", 0): 19,
        ("domains", 1, "types", 0, "name"): 20,
        ("domains", 1, "types", 0, "name", "a"): 20,
        ("table", "inner"): 21,
        ("table", "inner", "key"): 22,
    }


def test_lines_of_toml_with_windows_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "d.toml"
    file.write_bytes(TOML.replace("\n", "\r\n").encode())
    assert read_document(file).lines == lines(tmp_path, "unix.toml", TOML)


def test_lines_of_yaml(tmp_path: Path) -> None:
    found = lines(tmp_path, "d.yaml", YAML)
    assert found["domains",] == 1
    assert found["domains", 0, "name"] == 2
    assert found["domains", 0, "types", 0, "version"] == 4
    assert found["domains", 0, "types", 1, "name"] == 5
    assert found["domains", 1, "name"] == 7


def test_where_names_the_nearest_known_part(tmp_path: Path) -> None:
    file = tmp_path / "d.toml"
    file.write_text(TOML)
    document = read_document(file)
    assert document.where("domains", 1, "types", 0, "nothing") == f"{file}:19"
    assert document.where("nothing") == str(file)


@pytest.mark.parametrize(("name", "text"), [("d.toml", "v = 1.10"), ("d.yml", "v: 1.10")])
def test_a_version_stays_as_it_is_written(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert read_document(file).value == {"v": "1.10"}


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("d.toml", "a = 1\nb = \n", ":2: Invalid value"),
        ("d.toml", "a = 1\na = 2\n", ":2: Cannot overwrite a value"),
        ("d.yaml", "a: 1\nb: [\n", ":3: "),
        ("d.yaml", "- a\n", ":1: a table is expected, not list"),
    ],
)
def test_what_cannot_be_read_names_file_and_line(
    tmp_path: Path, name: str, text: str, where: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(DocumentError) as caught:
        read_document(file)
    assert str(caught.value).startswith(f"{file}{where}")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"absent\.toml: No such file"):
        read_document(tmp_path / "absent.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(DocumentError, match=r"binary\.toml: not text in UTF-8"):
        read_document(binary)


def test_an_empty_yaml_file_is_an_empty_table(tmp_path: Path) -> None:
    file = tmp_path / "d.yaml"
    file.write_text("")
    assert read_document(file).value == {}
