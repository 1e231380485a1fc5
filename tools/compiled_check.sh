#!/usr/bin/env bash
# Builds the compiled wheel from the source distribution, so that the checkout stays pure, installs it where there is no source, and runs the quick suite, the
# conformance cases and the recordings on it. Usage: tools/compiled_check.sh [PYTHON]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-.venv/bin/python}
rm -rf build/compiled
mkdir -p build/compiled/checkout
HATCH_BUILD_HOOKS_ENABLE=1 "$python" -m build --outdir build/compiled . >build/compiled/build.log 2>&1 ||
    { tail -30 build/compiled/build.log; exit 1; }
"$python" -m venv build/compiled/venv
build/compiled/venv/bin/python -m pip install --quiet "$(echo build/compiled/*.whl)[test]"
git ls-files | grep -v '^swf_emulator/' | tar -c -T - | tar -x -C build/compiled/checkout
cd build/compiled/checkout
../venv/bin/swf-emulator --version
../venv/bin/swf-emulator --version | grep -q '(compiled)'
../venv/bin/python -m pytest -q -m 'not generated and not clients and not release and not source' -p no:cacheprovider \
    tests/core tests/engine tests/protocol tests/cases tests/sim/test_determinism.py

# The same seed gives the same histories, byte by byte, as from the source.
../venv/bin/python tools/seeded_state.py >../compiled.json
cd ../../..
"$python" tools/seeded_state.py >build/compiled/pure.json
cmp build/compiled/compiled.json build/compiled/pure.json
