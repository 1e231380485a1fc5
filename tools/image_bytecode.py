"""Compile the part of the standard library that the emulator uses, for an image that has no byte
code of it: an image of Python comes without, and cannot write it where nothing can be written.

Usage: python image_bytecode.py DIRECTORY    (to be laid over the library's own)
"""

from __future__ import annotations

import importlib
import importlib.util
import py_compile
import sys
import sysconfig
from pathlib import Path

USED = (
    "swf_emulator.command.cli",
    "swf_emulator.emulator",
    "swf_emulator.telemetry.webhook",
    "swf_emulator.http.server",
    "swf_emulator.telemetry.logs",
    "swf_emulator.telemetry.metrics",
    "swf_emulator.command.init_files",
    "uvloop",
    "yaml",
    "concurrent.futures.thread",
    "encodings.idna",
)
"""What a running server has imported, the parts that come with the first request among them."""


def main(target: Path) -> None:
    for name in USED:
        importlib.import_module(name)
    library = Path(sysconfig.get_path("stdlib"))
    for module in list(sys.modules.values()):
        source = Path(getattr(module, "__file__", None) or "")
        if source.suffix != ".py" or library not in source.parents:
            continue
        compiled = Path(importlib.util.cache_from_source(str(source)))
        py_compile.compile(
            str(source),
            cfile=str(target / compiled.relative_to(library)),
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
