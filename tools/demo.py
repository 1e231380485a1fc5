"""Start the emulator on a free port, run examples.demo against it, stop it.

Usage: python tools/demo.py
"""

from __future__ import annotations

import re
import subprocess
import sys


def main() -> int:
    serve = [sys.executable, "-m", "swf_emulator", "serve", "--port", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            banner = server.stdout.readline()
            print(banner, end="")
            found = re.search(r"http://\S+", banner)
            if found is None:
                return server.wait()
            demo = [sys.executable, "-m", "examples.demo", "--endpoint-url", found[0]]
            return subprocess.run(demo, check=False).returncode
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
