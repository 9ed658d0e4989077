#!/usr/bin/env python3
"""Indexing and transposition on 2 engines beside C with OpenMP on 2 threads and NumPy, row by row in turns.

usage: benches/side_by_side/index_arrays.py [--elements N] [--turns T] [--mpi]

Needs a C compiler with OpenMP, cargo and Python 3 with NumPy; with --mpi also an MPI library: the engines are then
processes. A tenth as many places as elements are named, at random; half of the mask is true. The memory of results is
reused on all sides but NumPy's. The rows `points` are what a client waits for that gets so many elements by a list,
`get_one` and `set_one` one element; `strided` copies
`a[::2, 1:-1]` of the elements as a square. `aligned` is `a - b`, `neighbours` is `a[1:] - a[:-1]`.
"""
import argparse
import statistics
import sys
import tempfile
import time

from compare import Program, build_c, our_program

ROWS = ("gather", "scatter_add", "mask", "transpose", "strided")
# Ours alone: what a client waits for, and operands that lie alike beside such that are shifted by one.
OWN_ROWS = ("points_16", "points_65536", "get_one", "set_one", "aligned", "neighbours")


def numpy_rows(elements):
    import numpy as np
    generator = np.random.default_rng(42)
    array, changed = np.linspace(0, 1, elements), np.linspace(0, 1, elements)
    side = int(elements ** 0.5)
    square = array[:side * side].reshape(side, side)
    places = generator.integers(0, elements, elements // 10)
    values = np.linspace(0, 1, elements // 10)
    mask = generator.integers(0, 2, elements, dtype=np.int8).astype(bool)
    out = np.zeros(elements // 10)
    work = {
        "gather": lambda: array.take(places, out=out, mode="clip"),
        "scatter_add": lambda: np.add.at(changed, places, values),
        "mask": lambda: array[mask],
        "transpose": lambda: square.T.copy(),
        "strided": lambda: square[::2, 1:-1].copy(),
    }
    for line in sys.stdin:
        start = time.perf_counter()
        work[line.strip()]()
        print(f"{time.perf_counter() - start:.9f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elements", type=int, default=100_000_000)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--mpi", action="store_true")
    parser.add_argument("--numpy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.numpy:
        return numpy_rows(options.elements)
    size = str(options.elements)
    launcher = ["mpiexec", "-n", "2", "--bind-to", "none"] if options.mpi else []
    ours = [our_program(["--features", "mpi"] if options.mpi else [], "index_rows"), size]
    with tempfile.TemporaryDirectory() as directory:
        makers = {
            "C": [build_c("index.c", "cc", ["-fopenmp"], directory), size],
            "ours": launcher + ours,
            "NumPy": [sys.executable, __file__, "--numpy", "--elements", size],
        }
        # A rank of MPI that waits keeps a core busy, so then each program runs alone.
        programs = {} if options.mpi else {name: Program(command) for name, command in makers.items()}
        times = {row: {name: [] for name in makers} for row in (*ROWS, *OWN_ROWS)}
        for name in makers if options.mpi else [None]:
            if name:
                programs = {name: Program(makers[name])}
            # All turns of a row before the next: results of one size go to the same memory.
            for row, columns in times.items():
                for _ in range(options.turns + 1):
                    for name, program in programs.items():
                        if row in ROWS or name == "ours":
                            columns[name].append(program.run(row))
            for program in programs.values():
                program.close()
        print(f"{size} float64, 2 engines, {options.turns} turns: median seconds (first run)")
        for row, columns in times.items():
            cells = [f"{name} {statistics.median(seconds[1:]):.5f} ({seconds[0]:.3f})"
                     for name, seconds in columns.items() if seconds]
            print(f"{row:<14}" + "   ".join(cells), flush=True)


if __name__ == "__main__":
    main()
