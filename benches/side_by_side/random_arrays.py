#!/usr/bin/env python3
"""Random arrays on 2 engines beside NumPy on 2 threads, row by row in turns on the same machine.

usage: benches/side_by_side/random_arrays.py [--elements N] [--turns T] [--mpi]

Needs cargo and Python 3 with NumPy; with --mpi also an MPI library: the engines are then processes. NumPy fills
halves of one array by two generators (PCG64 of spawned seeds) on two threads; its permutation has one thread, as
NumPy has it. Both sides write to memory that they have written to before. Rows without a peer in NumPy are layouts,
and stand beside the block map, and cyclic(1) beside making blocks and moving them.
"""
import argparse
import statistics
import sys
import time

from compare import Program, our_program

PEERS = {"uniform": "uniform", "normal": "normal", "permutation": "permutation"}
LAYOUTS = {"uniform c(64)": "uniform", "normal c(64)": "normal", "uniform c": "uniform b to c",
           "normal c": "normal b to c"}


def numpy_rows(elements):
    import concurrent.futures
    import numpy as np
    out = np.zeros(elements)
    halves = (out[:elements // 2], out[elements // 2:])
    generators = np.random.default_rng(42).spawn(2)
    threads = concurrent.futures.ThreadPoolExecutor(2)
    fill = {"uniform": lambda generator, half: generator.random(out=half),
            "normal": lambda generator, half: generator.standard_normal(out=half)}
    for line in sys.stdin:
        row = line.strip()
        start = time.perf_counter()
        if row == "permutation":
            generators[0].permutation(elements)
        else:
            list(threads.map(fill[row], generators, halves))
        print(f"{time.perf_counter() - start:.9f}", flush=True)


def median_ratio(programs, row, peer, peer_row, turns):
    """Seconds of a row of ours and of its peer in turns, and how many times faster ours is."""
    pairs = []
    for turn in range(turns + 1):
        pair = programs["ours"].run(row), programs[peer].run(peer_row)
        if turn > 0:
            pairs.append(pair)
    own, other = (statistics.median(column) for column in zip(*pairs))
    return own, other, statistics.median(other / own for own, other in pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elements", type=int, default=100_000_000)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--mpi", action="store_true")
    parser.add_argument("--numpy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.numpy:
        return numpy_rows(options.elements)
    ours = [our_program(["--features", "mpi"] if options.mpi else [], "random_rows"), str(options.elements)]
    launcher = ["mpiexec", "-n", "2", "--bind-to", "none"] if options.mpi else []
    programs = {
        "ours": Program(launcher + ours),
        "NumPy": Program([sys.executable, __file__, "--numpy", "--elements", str(options.elements)]),
    }
    print(f"{options.elements} float64, 2 engines, {options.turns} turns: median seconds")
    for row, peer_row in PEERS.items():
        own, other, ratio = median_ratio(programs, row, "NumPy", peer_row, options.turns)
        print(f"{row:<16}{own:>9.4f}   NumPy {other:>9.4f}   {ratio:>6.2f} times as fast", flush=True)
    for row, peer_row in LAYOUTS.items():
        own, other, ratio = median_ratio(programs, row, "ours", peer_row, options.turns)
        print(f"{row:<16}{own:>9.4f}   {peer_row} {other:.4f}, taking {1 / ratio:.2f} of its time", flush=True)
    for program in programs.values():
        program.close()


if __name__ == "__main__":
    main()
