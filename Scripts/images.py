"""Images of the workbench's networks as arrays, for what compares other programs with this one. Needs NumPy; folders, Pillow.

Both sides are given the same bytes: large images are resized and cropped here, and everything is normalized with `scales`.
"""

import csv
import gzip

import numpy

import workbench

scales = {
    "fashion-mnist": ([0.2860], [0.3530]),
    "cifar10": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    "efficientnet-lite": ([127 / 255] * 3, [128 / 255] * 3),
}
# Of images that are resized: the short side, and the square cut from the centre.
resized, cropped = 256, 224


def idx(path, offset):
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=offset)


def pixels(network, split, count=None):
    """Images of 0 to 255 in NHWC and labels, of `train`, `test` or, for CIFAR-10, `test-jpeg`."""
    if network.startswith("fashion"):
        name = {"train": "train", "test": "t10k"}[split]
        images = idx(f"{workbench.fashion}/{name}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)
        labels = idx(f"{workbench.fashion}/{name}-labels-idx1-ubyte.gz", 8)
    else:
        with numpy.load(workbench.root / workbench.cifar / f"{split}.npz") as file:
            images, labels = file["images"], file["labels"]
    return images[:count], labels[:count].astype(numpy.int64)


def read(name, source, count=None):
    """Images of 0 to 255 in NHWC and labels that a `train` or `report` of the workbench names; the first `count`."""
    path, *parts = source.split("#")
    ranges = [part for part in parts if ":" in part]
    first, last = map(int, ranges[0].split(":")) if ranges else (0, None)
    if count is not None:
        last = first + count if last is None else min(last, first + count)
    if path.endswith(".npz"):
        images, labels = pixels(name, path.rpartition("/")[2].removesuffix(".npz"))
    elif name.startswith("fashion"):
        images, labels = pixels(name, parts[0])
    else:
        return folder(workbench.root / path, slice(first, last))
    return images[first:last], labels[first:last]


def folder(path, part):
    """Images of a folder with a `labels.csv`, resized and cropped."""
    from PIL import Image

    with open(path / "labels.csv", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])[part]
    images = []
    for row in rows:
        place = path / row["file"]
        image = Image.open(place if place.exists() else path / "images" / row["file"]).convert("RGB")
        short = min(image.size)
        image = image.resize([resized if side == short else side * resized // short for side in image.size], Image.BILINEAR)
        left, top = ((side - cropped) // 2 for side in image.size)
        images.append(numpy.asarray(image.crop((left, top, left + cropped, top + cropped))))
    return numpy.stack(images), numpy.array([int(row["label"]) for row in rows])


def normalized(images, preset):
    """Images of 0 to 255 in NHWC as a network's input."""
    mean, deviation = (numpy.array(values, numpy.float32) for values in scales[preset])
    values = (images.astype(numpy.float32) / 255 - mean) / deviation
    return numpy.ascontiguousarray(values.transpose(0, 3, 1, 2), numpy.float32)


def options(preset):
    """What the program is told, so that it normalizes such images likewise and does no more."""
    if preset == "efficientnet-lite":
        return ["--mean", 127, "--std", 128, "--scale", 255]
    return ["--preset", preset]


def write(path, images, labels):
    numpy.savez(path, images=images, labels=labels.astype(numpy.int64))
