"""Small JPEG and PNG files of every kind that is read, and the numbers that Pillow and numpy have for their pixels.

Transparent pixels lie on black. Half transparent ones are left out: programs mix colours in different ways.
"""

import base64
import io
import json
import pathlib
import struct
import zlib

import numpy
from PIL import Image

height, width = 5, 7
rows, columns = numpy.mgrid[0:height, 0:width]
colour = numpy.stack([rows * 60, columns * 40, (rows * 31 + columns * 17) % 256], axis=2).astype(numpy.uint8)
grey = (rows * 50 + columns * 7).astype(numpy.uint8)
wide = (rows * 13000 + columns * 1777).astype(numpy.uint16)
cases = {}


def keep(name, content, pixels):
    pixels = numpy.asarray(pixels, dtype=numpy.uint8)
    cases[name] = {
        "file": base64.b64encode(content).decode(),
        "height": pixels.shape[0],
        "width": pixels.shape[1],
        "pixels": pixels.reshape(-1).tolist(),
    }


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(content):
    return numpy.array(Image.open(io.BytesIO(content)).convert("RGB"))


def png(depth, colour_type, lines):
    """A PNG file of lines of bytes, for kinds that Pillow does not write."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def on_black(pixels):
    """Colours where they are opaque, black elsewhere."""
    return numpy.where(pixels[..., 3:] == 255, pixels[..., :3], 0)


repeated = numpy.repeat(grey[..., None], 3, axis=2)
keep("rgb.png", encoded(Image.fromarray(colour), "png"), colour)
keep("grey.png", encoded(Image.fromarray(grey), "png"), repeated)
palette = Image.fromarray(colour).quantize(16)
keep("palette.png", encoded(palette, "png"), palette.convert("RGB"))
bits = Image.fromarray(((rows + columns) % 2 * 255).astype(numpy.uint8)).convert("1")
keep("one-bit.png", encoded(bits, "png"), bits.convert("RGB"))

opacity = ((rows + columns) % 2 * 255).astype(numpy.uint8)
clear = numpy.concatenate([colour, opacity[..., None]], axis=2)
keep("rgba.png", encoded(Image.fromarray(clear), "png"), on_black(clear))
pair = numpy.stack([grey, opacity], axis=2)
keep("grey-alpha.png", encoded(Image.fromarray(pair), "png"), on_black(numpy.concatenate([repeated, opacity[..., None]], axis=2)))

# 16 bits become 8 by v / 257, rounded.
narrow = numpy.rint(wide / 257)
keep("grey-16.png", png(16, 0, [line.astype(">u2").tobytes() for line in wide]), numpy.repeat(narrow[..., None], 3, axis=2))
deep = numpy.stack([wide, 65535 - wide, wide // 2], axis=2)
keep("rgb-16.png", png(16, 2, [line.astype(">u2").tobytes() for line in deep]), numpy.rint(deep / 257))

for name, image, options in [
    ("rgb.jpg", Image.fromarray(colour), {"quality": 95, "subsampling": 0}),
    ("rgb-420.jpg", Image.fromarray(colour), {"quality": 80, "subsampling": 2}),
    ("progressive.jpg", Image.fromarray(colour), {"quality": 90, "subsampling": 0, "progressive": True}),
    ("grey.jpg", Image.fromarray(grey), {"quality": 95}),
]:
    content = encoded(image, "jpeg", **options)
    keep(name, content, decoded(content))

path = pathlib.Path(__file__).parent / "images.json"
path.write_text(json.dumps(cases, separators=(",", ":"), sort_keys=True) + "\n")
