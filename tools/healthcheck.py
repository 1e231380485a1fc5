"""Whether the emulator in this container is alive and ready: exit status 0 or 1.

With nothing but sockets, so that asking every two seconds costs next to nothing.

Usage: python healthcheck.py
"""

import os
import socket
import sys

REQUEST = b"GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def main() -> int:
    port = int(os.environ.get("SWF_EMULATOR_PORT") or 4596)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.5) as connection:
            connection.sendall(REQUEST)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError as error:
        print(error)
        return 1
    print(answer.rpartition(b"\r\n")[2].decode())
    return 0 if answer.startswith(b"HTTP/1.1 200 ") else 1


if __name__ == "__main__":
    sys.exit(main())
