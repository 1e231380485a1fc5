"""Write swf_emulator/protocol/model.json from the service model that botocore ships.

It keeps what a server needs: operations with their shapes and faults, and the shapes' types,
members, required members and constraints, without the documentation. Run it after botocore has a
new model; a test compares the file with the installed botocore.

Usage: python tools/build_model.py [--check]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from botocore.session import Session

TARGET = Path(__file__).parent.parent / "swf_emulator" / "protocol" / "model.json"
KEPT = ("type", "min", "max", "enum", "required")


def condensed() -> dict[str, Any]:
    """The model without its documentation; a model on ``AWS_DATA_PATH`` takes precedence."""
    loader = Session().get_component("data_loader")
    model = loader.load_service_model("swf", "service-2")
    operations = {
        name: {
            "input": operation["input"]["shape"],
            "output": operation.get("output", {}).get("shape"),
            "errors": [error["shape"] for error in operation.get("errors", [])],
        }
        for name, operation in model["operations"].items()
    }
    shapes = {name: _shape(shape) for name, shape in model["shapes"].items()}
    return {
        "apiVersion": model["metadata"]["apiVersion"],
        "operations": operations,
        "shapes": shapes,
    }


def _shape(shape: dict[str, Any]) -> dict[str, Any]:
    kept = {key: shape[key] for key in KEPT if key in shape}
    if "members" in shape:
        kept["members"] = {name: member["shape"] for name, member in shape["members"].items()}
    if "member" in shape:
        kept["member"] = shape["member"]["shape"]
    return kept


def rendered() -> str:
    return json.dumps(condensed(), indent=1) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(TARGET.read_text() != rendered())
    TARGET.write_text(rendered())
