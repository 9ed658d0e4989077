#!/usr/bin/env python3
"""The library beside hand-written C loops and NumPy, in turns on the same machine.

usage: benches/side_by_side/compare.py [--elements N] [--rounds R] [--turns T]

Needs a C compiler with OpenMP, cargo, Python 3 with NumPy. Each program prints for each row the time
of its first run (fresh memory) and the median of the rest (reused memory); the table shows the medians
over the turns, and the ratios, each taken within one turn.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def numpy_rows(elements, rounds):
    import numpy as np
    a, b, c, d = (np.linspace(0.25, scale + 0.25, elements) for scale in (1.0, 2.0, 3.0, 4.0))
    side = int(elements ** 0.5)
    square = a[:side * side].reshape(side, side)
    work = {
        "sin": lambda: 2 * a + 3 * np.sin(a) - np.sqrt(np.abs(b)),
        "chain": lambda: (a * b + c - d) * 0.5,
        "sum": lambda: a.sum(),
        "columns": lambda: np.ascontiguousarray(square[:, :side // 2]) is np.ascontiguousarray(square[:, side // 2:]),
    }
    for name, body in work.items():
        times = []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            body()
            times.append(time.perf_counter() - start)
        print(name, f"{times[0]:.6f}", f"{statistics.median(times[1:]):.6f}", flush=True)


def run(command, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr}")
    rows = (line.split() for line in done.stdout.splitlines())
    return {name: (float(first), float(median)) for name, first, median in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elements", type=int, default=100_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--numpy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.numpy:
        return numpy_rows(options.elements, options.rounds)
    subprocess.run(["cargo", "build", "--release", "--bench", "side_by_side"], cwd=HERE, check=True)
    built = subprocess.run(["cargo", "bench", "--bench", "side_by_side", "--no-run", "--message-format=json"],
                           cwd=HERE, check=True, capture_output=True, text=True).stdout
    import json
    ours = [message["executable"] for message in map(json.loads, built.splitlines())
            if message.get("executable") and message["target"]["name"] == "side_by_side"][-1]
    with tempfile.TemporaryDirectory() as directory:
        loops = os.path.join(directory, "loops")
        subprocess.run(["cc", "-O3", "-march=native", "-ffast-math", "-fopenmp", str(HERE / "loops.c"),
                        "-o", loops, "-lm"], check=True)
        size = [str(options.elements), str(options.rounds)]
        turns = []
        for _ in range(options.turns):
            turns.append({
                "c": run([loops] + size),
                "ours": run([ours] + size),
                "numpy": run([sys.executable, __file__, "--numpy", "--elements", size[0], "--rounds", size[1]]),
            })
    print(f"{options.elements} float64, {options.turns} turns; seconds are medians, (first runs) in brackets")
    print(f"{'row':<10} {'C':>18} {'ours':>18} {'NumPy':>18} {'C/ours':>8} {'NumPy/ours':>11}")
    limits = {"sin": "sin", "chain": "chain_streamed", "sum": "sum", "columns": "columns"}
    median = lambda values: statistics.median(list(values))
    for name, limit in limits.items():
        def cell(who, row):
            return (f"{median(turn[who][row][1] for turn in turns):.4f} "
                    f"({median(turn[who][row][0] for turn in turns):.3f})")
        ratio_c = median(turn["c"][limit][1] / turn["ours"][name][1] for turn in turns)
        ratio_numpy = median(turn["numpy"][name][1] / turn["ours"][name][1] for turn in turns)
        print(f"{name:<10} {cell('c', limit):>18} {cell('ours', name):>18} {cell('numpy', name):>18}"
              f" {ratio_c:>8.2f} {ratio_numpy:>11.1f}")
    for name in ("ping", "small_sum"):
        print(f"{name:<10} {median(turn['ours'][name][1] for turn in turns) * 1e6:.1f} us")


main()
