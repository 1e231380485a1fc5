"""Help, error messages, docstrings and documents avoid phrases that are hard to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PHRASES = {
    r"\b(lest|shall|in earnest|for want of|[Ss]ee to it)\b": "must, so that, if",
    r"\bof ours\b|\binside the emulator\b": "internal error; the emulator",
    r"\b[Ww]ho(m)?ever\b": "name the actor",
    r"\bis none of\b|\bsuch an? (one|thing)\b": "negate the verb; name the value",
    r"\b[Bb]ehaviours?\b|\b[Cc]olours?\b|\b[Ss]erialis\w+|\b[Tt]ime-outs?\b": "American spelling",
    r"\b(are|is|be) content\b|\bprotocol floor\b|\bevery floor\b": "passes; layer",
    r"\bbrought about\b|\bbring about\b": "cause, create",
}
"""Pattern and what to write instead."""

PATTERNS = (
    "*.md",
    "docs/*.md",
    "conformance/**/*.txt",
    "swf_emulator/**/*.py",
    "swf_emulator/**/*.html",
)
FILES = sorted(path for pattern in PATTERNS for path in ROOT.glob(pattern))


@pytest.mark.parametrize("phrase", PHRASES)
def test_phrase_is_not_used(phrase: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(phrase, line)
    ]
    assert not found, "\n".join([f"write instead: {PHRASES[phrase]}", *found])


@pytest.mark.parametrize("phrase", PHRASES)
def test_patterns_find_something(phrase: str) -> None:
    examples = """lest shall; of ours; whoever; is none of; behaviour colour serialise time-out;
    is content; protocol floor; brought about"""
    assert re.search(phrase, examples)
