"""``python -m benchmarks [--quick] [--json FILE] [NAME...]``"""

from __future__ import annotations

import argparse
import json
import sys
import time
from importlib import import_module
from pathlib import Path

from .measure import Scale
from .report import Figure, document, table

NAMES = {
    "call": "server CPU of one small call, next to a constant answer",
    "hello": "a hello workflow over HTTP, next to constants and to moto's server",
    "drivers": "hello workflows of 1, 2 and 8 drivers, next to the floor of the transport",
    "inprocess": "boto3 in process, next to a stub and to moto's mock_aws",
    "scale": "cost per call with up to 100,000 executions open and as many closed",
    "history": "cost of an event and of a page in long histories",
    "deadlines": "cost of a timer and of a heartbeat among many",
    "held": "1,000 held polls: idle CPU, dispatch, stop",
    "stalls": "the longest wait of a small call while another client reads 20,000 executions",
    "memory": "bytes per open execution",
    "start": "import, construction, time to the first answer",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the emulator; ratios within one run.",
        epilog="\n".join(f"{name:11}{about}" for name, about in NAMES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller numbers")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write the figures to a file"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run (default: all)")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in NAMES:
            parser.error(f"unknown benchmark {name}; known: {', '.join(NAMES)}")
    scale = Scale(arguments.quick)
    figures: list[Figure] = []
    for name in arguments.names or NAMES:
        started = time.monotonic()
        figures += import_module(f".{name}", __package__).run(scale)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(table(figures))
    if arguments.json is not None:
        written = json.dumps(document(figures, arguments.quick), indent=2, ensure_ascii=False)
        arguments.json.write_text(written + "\n")


if __name__ == "__main__":
    main()
