#!/usr/bin/env python3
"""One Hutchinson probe of ResNet-20 for all layers together: this program against PyTorch's own double backward.

Both take the same network, 64 images and two threads. PyTorch's way is eager, its graph built once; the faster of the
two memory layouts counts. The way of published code, a product for each layer by itself, is timed beside it.

    Benchmarks/hessian.py --record
"""

import pathlib
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench


def main():
    parser = workbench.options(__doc__, "8 images of fashion-resnet, few probes, once", record=True)
    chosen = parser.parse_args()
    name, few, many, rounds, size, repeats = "resnet20-cifar10", 16, 48, 3, 64, 12
    if chosen.quick:
        name, few, many, rounds, size, repeats = workbench.smallest, 2, 6, 1, 8, 1
    network = workbench.networks[name]

    workbench.with_pytorch()
    import peer
    import torch
    from torch.nn import functional

    torch.set_num_threads(1 if chosen.quick else 2)
    images, labels = peer.pixels(name, "train", size)
    images, labels = peer.normalized(images, network.preset), torch.from_numpy(labels)
    forward = peer.Peer(workbench.root / network.model, folded=False)

    def theirs(layout, layerwise):
        """Seconds of one probe, the median over several."""
        batch = images.to(memory_format=layout)
        leaves = [
            weight.clone(memory_format=layout if weight.dim() == 4 else torch.preserve_format).requires_grad_()
            for weight in forward.weights]
        loss = functional.cross_entropy(forward(batch, leaves), labels)
        gradients = torch.autograd.grad(loss, leaves, create_graph=True)
        seconds = []
        for _ in range((repeats + 1) // 2 if layerwise else repeats):
            signs = [torch.randint_like(leaf, 2) * 2 - 1 for leaf in leaves]
            start = time.perf_counter()
            if layerwise:
                for gradient, leaf, sign in zip(gradients, leaves, signs):
                    torch.autograd.grad(gradient, leaf, sign, retain_graph=True)
            else:
                torch.autograd.grad(gradients, leaves, signs, retain_graph=True)
            seconds.append(time.perf_counter() - start)
        return sorted(seconds)[len(seconds) // 2]

    def ours(probes):
        with tempfile.TemporaryDirectory() as folder:
            result = workbench.run_json(
                chosen.emq, "statistics", network.model, "--data", f"{network.train}#0:{size}", "--images", size,
                "--preset", network.preset, "--statistics", "hessian", "--no-perturbations", "--probes", probes,
                "--threads", 2, "-o", f"{folder}/s.safetensors")
        return next(item["seconds"] for item in result["stages"] if item["name"] == "hutchinson")

    # What both sides do is taken in turns, so that a slower moment of the machine meets both.
    together, apart, probe = [], [], []
    for _ in range(rounds):
        layouts = (torch.contiguous_format, torch.channels_last)
        together.append(min(theirs(layout, False) for layout in layouts))
        apart.append(min(theirs(layout, True) for layout in layouts))
        probe.append((ours(many) - ours(few)) / (many - few))
    together, apart, probe = (sorted(values)[rounds // 2] for values in (together, apart, probe))
    if probe <= 0 and not chosen.quick:
        sys.exit("more probes took no more time: the machine was too busy to tell")
    print(f"PyTorch, all layers together: {1000 * together:.0f} ms a probe")
    print(f"PyTorch, layer by layer:      {1000 * apart:.0f} ms a probe")
    print(f"emq statistics:               {1000 * probe:.0f} ms a probe")
    print(f"ratio: {together / probe:.2f} times as fast as PyTorch's all together, "
          f"{apart / probe:.1f} times as fast as layer by layer")
    workbench.record(chosen, "Hessian probe", together / probe)


if __name__ == "__main__":
    main()
