"""The documents say what the code does now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import build_model, support_table

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    if page.is_file()
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def test_the_support_table_is_that_of_the_code() -> None:
    text = support_table.README.read_text()
    assert text == support_table.renewed(text), "run python tools/support_table.py"


def test_the_service_model_is_that_of_the_installed_botocore() -> None:
    assert build_model.TARGET.read_text() == build_model.rendered()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_the_documents_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if "://" not in target and not target.startswith("#"):
            assert (page.parent / target.partition("#")[0]).exists(), target
