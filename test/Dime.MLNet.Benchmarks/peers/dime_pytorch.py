"""Measures the published package dime-pytorch on the work of Dime.MLNet's benchmarks.

    pip install dime-pytorch          (on Debian: python3-torch with libopenblas0-pthread gives torch)
    python3 peers/dime_pytorch.py [--threads 2] [--json] [case ...]

A case is fit:rows:dimension:rank, distance:rows:dimension:rank or probability:rows:dimension:rank. A rank such as 0.99 is
a threshold of explained variance; it is turned into a whole number before the clock starts, because the package picks
rank 1 for every threshold on current versions of PyTorch.
"""
import argparse
import json
import statistics
import time

import numpy
import torch
from dime import DIME

CASES = ["fit:50000:512:0.99", "fit:10000:2048:128", "fit:500:4096:64", "fit:1000:8192:64", "fit:1000:25088:64", "distance:10000:512:64", "distance:10000:2048:128", "probability:10000:512:64"]
LATENT_DIMENSION = 32
NOISE = 0.1
PERCENTILES = 5000
MIN_SECONDS, MIN_RUNS, MAX_RUNS = 3, 5, 50


def embeddings(rows, dimension, seed):
    """X = max(0, ZA + 0.1 E), all of them normal: the distribution of the benchmarks' Embeddings class."""
    mixing = torch.randn(LATENT_DIMENSION, dimension, generator=torch.Generator().manual_seed(0)) / LATENT_DIMENSION ** 0.5
    generator = torch.Generator().manual_seed(seed)
    latent = torch.randn(rows, LATENT_DIMENSION, generator=generator)
    return torch.relu(latent @ mixing + NOISE * torch.randn(rows, dimension, generator=generator))


def whole_rank(rank, rows):
    value = float(rank)
    if value >= 1:
        return int(value)
    moments = rows.double().t() @ rows.double()
    eigenvalues = torch.linalg.eigvalsh(moments).flip(0)
    share = torch.cumsum(eigenvalues, 0) / eigenvalues.sum()
    return int((share < value).sum()) + 1


def prepare(case):
    work, rows, dimension, rank = case.split(":")
    rows, dimension = int(rows), int(dimension)
    train = embeddings(rows, dimension, seed=1)
    model = DIME(whole_rank(rank, train), PERCENTILES)
    if work == "fit":
        return lambda: model.fit(train)
    test = embeddings(rows, dimension, seed=2)
    model.fit(train)
    if work == "distance":
        return lambda: model.distance_to_hyperplane(test)
    if work == "probability":
        model.calibrate(train)
        return lambda: model.distance_to_hyperplane(test, return_probabilities=True)
    raise ValueError(f"There is no work '{work}': use fit, distance or probability.")


def measure(run):
    run()
    seconds = []
    while len(seconds) < MAX_RUNS and (len(seconds) < MIN_RUNS or sum(seconds) < MIN_SECONDS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument("cases", nargs="*", default=CASES)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    medians = {case: measure(prepare(case)) for case in arguments.cases}
    if arguments.json:
        print(json.dumps({"torch": torch.__version__, "numpy": numpy.__version__, "seconds": medians}))
        return
    print(f"torch {torch.__version__}, numpy {numpy.__version__}, {torch.get_num_threads()} threads\n")
    print("| work | median |\n| --- | ---: |")
    for case, median in medians.items():
        print(f"| {case} | {median * 1000:.1f} ms |")


if __name__ == "__main__":
    main()
