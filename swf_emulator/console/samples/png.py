"""Small pictures as PNG, in pure Python: enough to draw, read back and change one."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import NamedTuple

PREFIX = "data:image/png;base64,"
SIGNATURE = b"\x89PNG\r\n\x1a\n"

Pixel = tuple[int, int, int]


class Picture(NamedTuple):
    """Rows of pixels: red, green, blue, 0 to 255 each."""

    width: int
    height: int
    pixels: list[Pixel]

    def map(self, change: Callable[[Pixel], Pixel]) -> Picture:
        return self._replace(pixels=[change(pixel) for pixel in self.pixels])

    def shrunk(self) -> Picture:
        """Half as wide and half as high; each pixel the mean of four."""
        width, height = self.width // 2, self.height // 2
        pixels = []
        for y in range(height):
            for x in range(width):
                corner = 2 * y * self.width + 2 * x
                four = [self.pixels[corner + step] for step in (0, 1, self.width, self.width + 1)]
                pixels.append(_pixel(*(sum(channel) / 4 for channel in zip(*four, strict=True))))
        return Picture(width, height, pixels)

    def data_url(self) -> str:
        """As a data URL, which a browser can show."""
        size = 3 * self.width
        flat = bytes(channel for pixel in self.pixels for channel in pixel)
        rows = b"".join(b"\0" + flat[y * size : (y + 1) * size] for y in range(self.height))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        png = SIGNATURE + b"".join(
            (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
        )
        return PREFIX + b64encode(png).decode()

    @classmethod
    def read(cls, data_url: str) -> Picture:
        """Read back what `data_url` has written; other PNG files may look different."""
        png = b64decode(data_url.removeprefix(PREFIX))
        width, height = struct.unpack(">II", png[16:24])
        (length,) = struct.unpack(">I", png[33:37])
        rows = zlib.decompress(png[41 : 41 + length])
        size = 3 * width + 1
        flat = b"".join(rows[y * size + 1 : (y + 1) * size] for y in range(height))
        pixels = [(flat[i], flat[i + 1], flat[i + 2]) for i in range(0, len(flat), 3)]
        return cls(width, height, pixels)


def drawn(width: int, height: int, seed: int) -> Picture:
    """A landscape: a sky with a sun, and hills in front."""
    sun_x, sun_y = width * (0.25 + (seed * 0.17) % 0.5), height * 0.32
    pixels = []
    for y in range(height):
        for x in range(width):
            far = height * (0.62 + 0.10 * _wave(x / width * 5 + seed))
            near = height * (0.78 + 0.08 * _wave(x / width * 7 + 2 * seed))
            if y > near:
                pixels.append(_pixel(46, 94 + 40 * (y - near) / height, 58))
            elif y > far:
                pixels.append(_pixel(92, 138, 120))
            elif (x - sun_x) ** 2 + (y - sun_y) ** 2 < (height * 0.13) ** 2:
                pixels.append((255, 214, 92))
            else:
                pixels.append(_pixel(112 + 110 * y / height, 168 + 30 * y / height, 224))
    return Picture(width, height, pixels)


def grayscale(pixel: Pixel) -> Pixel:
    red, green, blue = pixel
    gray = 0.299 * red + 0.587 * green + 0.114 * blue
    return _pixel(gray, gray, gray)


def sepia(pixel: Pixel) -> Pixel:
    red, green, blue = pixel
    return _pixel(
        0.393 * red + 0.769 * green + 0.189 * blue,
        0.349 * red + 0.686 * green + 0.168 * blue,
        0.272 * red + 0.534 * green + 0.131 * blue,
    )


def _pixel(*channels: float) -> Pixel:
    red, green, blue = (min(255, max(0, round(channel))) for channel in channels)
    return red, green, blue


def _wave(x: float) -> float:
    """Between -1 and 1, with a period of 2: a parabola for each hill and each valley."""
    x %= 2
    return 4 * x * (1 - x) if x < 1 else -4 * (x - 1) * (2 - x)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum
