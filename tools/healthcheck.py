"""Check the emulator in this container: exit status 0 if it is ready, else 1.

While the port is closed the check is repeated for a while, so that the first check of a starting
container succeeds as soon as the emulator is ready. It uses only sockets, because it runs often.

Usage: python healthcheck.py
"""

import os
import socket
import sys
import time

REQUEST = b"GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
PATIENCE_SECONDS = 1.5
PAUSE_SECONDS = 0.03


def ask(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(REQUEST)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def main() -> int:
    port = int(os.environ.get("SWF_EMULATOR_PORT") or 4596)
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = ask(port)
            break
        except OSError as error:
            if time.monotonic() > until:
                print(error)
                return 1
            time.sleep(PAUSE_SECONDS)
    print(answer.rpartition(b"\r\n")[2].decode())
    return 0 if answer.startswith(b"HTTP/1.1 200 ") else 1


if __name__ == "__main__":
    sys.exit(main())
