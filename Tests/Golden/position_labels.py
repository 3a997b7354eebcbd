"""Classes of tokens and pixels, by PyTorch in float64: what labels, and changed weights, say of two small networks.

A tagger (embedding, two products) has a label for each token, and a segmenter (two convolutions) one for each pixel; -100
counts for nothing. Of each: top-1 and mean cross-entropy over the positions that count, gradients of the weights by that
mean, the mean over examples of their squared gradients by each example's own loss, whose mean over examples is the mean over
positions; and, with weights rounded to quarters, the divergence of each example, mean over its positions that count.
"""

import json
import pathlib

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(41)


def normal(*shape, scale=1.0):
    # Rounded to float32, in which the network computes.
    return (torch.randn(*shape, generator=generator) * scale).float().double()


def tagger(weights, ids):
    table, first, second = weights
    return functional.relu(table[ids] @ first) @ second


def segmenter(weights, images):
    first, second = weights
    return functional.conv2d(functional.relu(functional.conv2d(images, first, padding=1)), second).movedim(1, -1)


def measured(forward, weights, inputs, labels):
    weights = [weight.requires_grad_() for weight in weights]
    counts = labels != -100
    logits = forward(weights, inputs)
    each = functional.cross_entropy(logits.flatten(0, -2), labels.flatten(), reduction="none").reshape(labels.shape)
    loss = each[counts].mean()
    fisher = [torch.zeros_like(weight) for weight in weights]
    for example in each * len(labels) / counts.sum():
        for total, gradient in zip(fisher, torch.autograd.grad(example.sum(), weights, retain_graph=True)):
            total += gradient**2 / len(labels)
    rounded = forward([(weight * 4).round() / 4 for weight in weights], inputs)
    p, q = logits.log_softmax(-1), rounded.log_softmax(-1)
    divergence = (p.exp() * (p - q)).sum(-1)
    divergences = [(row[kept].mean() if kept.any() else row.sum() * 0).item() for row, kept in zip(divergence, counts)]
    return {
        "inputs": inputs.flatten().tolist(),
        "inputShape": list(inputs.shape),
        "labels": labels.flatten().tolist(),
        "weights": [weight.flatten().tolist() for weight in weights],
        "weightShapes": [list(weight.shape) for weight in weights],
        "logits": logits.flatten().tolist(),
        "top1": (logits.argmax(-1) == labels)[counts].double().mean().item(),
        "loss": loss.item(),
        "gradients": [gradient.flatten().tolist() for gradient in torch.autograd.grad(loss, weights, retain_graph=True)],
        "fisher": [total.flatten().tolist() for total in fisher],
        "divergences": divergences,
    }


def labels(*shape):
    found = torch.randint(0, 3, shape, generator=generator)
    return torch.where(torch.rand(shape, generator=generator) < 0.3, -100, found)


tokens, pixels = labels(6, 5), labels(4, 5, 6)
# An example of which nothing counts.
tokens[2] = -100
results = {
    "tagger": measured(
        tagger, [normal(10, 4), normal(4, 6, scale=0.7), normal(6, 3, scale=0.7)],
        torch.randint(0, 10, (6, 5), generator=generator), tokens,
    ),
    "segmenter": measured(
        segmenter, [normal(4, 2, 3, 3, scale=0.4), normal(3, 4, 1, 1)], normal(4, 2, 5, 6), pixels
    ),
}
with open(pathlib.Path(__file__).with_name("position_labels.json"), "w") as file:
    json.dump(results, file, indent=1)
    file.write("\n")
