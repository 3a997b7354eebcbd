#!/usr/bin/env python3
"""Prints Spearman's correlation of `scores` with cosines of rows 2i and 2i + 1 of `embedding`, arrays of an .npz."""

import sys

import numpy


def ranks(values):
    _, places, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    return (numpy.cumsum(counts) - (counts - 1) / 2)[places]


arrays = numpy.load(sys.argv[1])
rows = arrays["embedding"] / numpy.linalg.norm(arrays["embedding"], axis=1, keepdims=True)
cosines = (rows[::2] * rows[1::2]).sum(1)
print(numpy.corrcoef(ranks(cosines), ranks(arrays["scores"]))[0, 1])
