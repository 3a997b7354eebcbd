#!/usr/bin/env python3
"""Forward passes of Models/fashion-resnet.onnx: this program against eager PyTorch, NCHW, batch norms folded.

Prints a line for each side and their ratio; both run the 10,000 test images of Fashion-MNIST on two threads.

    Benchmarks/forward.py --record
"""

import pathlib
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench


def main():
    parser = workbench.options(__doc__, "500 images, once", record=True)
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many counts (default: 3)")
    chosen = parser.parse_args()
    count, rounds = (500, 1) if chosen.quick else (10000, chosen.rounds)

    workbench.with_pytorch()
    import peer
    import torch

    torch.set_num_threads(1 if chosen.quick else 2)
    network = workbench.networks[workbench.smallest]
    images, labels = peer.pixels(workbench.smallest, "test", count)
    images = peer.normalized(images, network.preset)
    forward = peer.Peer(workbench.root / network.model, folded=True)

    theirs, ours = [], []
    with torch.no_grad():
        for _ in range(rounds):
            start = time.perf_counter()
            logits = torch.cat([forward(batch) for batch in images.split(125)])
            theirs.append(time.perf_counter() - start)
            ours.append(workbench.run_json(
                chosen.emq, "evaluate", network.model, "--data", f"{workbench.fashion}#test#0:{count}", "--preset",
                network.preset, "--threads", 2))
    accuracy = (logits.argmax(1) == torch.from_numpy(labels)).double().mean().item()
    their_seconds = sorted(theirs)[rounds // 2]
    our_seconds = sorted(item["seconds"] for item in ours)[rounds // 2]
    print(f"PyTorch, eager, NCHW: {their_seconds:.2f} s, top-1 {100 * accuracy:.2f} %")
    print(f"emq evaluate:         {our_seconds:.2f} s, top-1 {100 * ours[0]['top1']:.2f} %")
    if abs(accuracy - ours[0]["top1"]) > 0.001:
        sys.exit("the accuracies are more than 0.1 points apart")
    ratio = their_seconds / our_seconds
    print(f"ratio: {ratio:.2f} times as fast as PyTorch")
    workbench.record(chosen, "forward pass", ratio)


if __name__ == "__main__":
    main()
