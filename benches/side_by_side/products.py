#!/usr/bin/env python3
"""Products of matrices on 2 engines beside NumPy with OpenBLAS on 2 threads, row by row in turns.

usage: benches/side_by_side/products.py [--side N] [--turns T] [--mpi]

Needs cargo and Python 3 with NumPy; with --mpi also an MPI library: the engines are then processes. Square matrices have
N rows (4,000), tall ones 5,000 times as many and 8 columns. `turned` is `a.T @ b`, `gram` is `x.T @ x` of a tall matrix,
`tall` a tall one times 8 x 8, `matvec` times a vector; `in_order` gives the same bits on any number of engines.
"""
import argparse
import os
import statistics
import sys
import time

from compare import Program, our_program

ROWS = ("matmul", "turned", "in_order", "gram", "tall", "matvec")


def numpy_rows(side):
    import numpy as np
    square, other = (np.linspace(low, 1, side * side).reshape(side, side) for low in (0, -1))
    tall = np.linspace(0, 1, 5000 * side * 8).reshape(-1, 8)
    vector, small = np.linspace(0, 1, 8), np.linspace(0, 1, 64).reshape(8, 8)
    work = {
        "matmul": lambda: square @ other,
        "turned": lambda: square.T @ other,
        "in_order": lambda: square @ other,
        "gram": lambda: tall.T @ tall,
        "tall": lambda: tall @ small,
        "matvec": lambda: tall @ vector,
    }
    for line in sys.stdin:
        start = time.perf_counter()
        work[line.strip()]()
        print(f"{time.perf_counter() - start:.9f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=4000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--mpi", action="store_true")
    parser.add_argument("--numpy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.numpy:
        return numpy_rows(options.side)
    os.environ["OPENBLAS_NUM_THREADS"] = "2"
    side = str(options.side)
    launcher = ["mpiexec", "-n", "2", "--bind-to", "none"] if options.mpi else []
    makers = {
        "ours": launcher + [our_program(["--features", "mpi"] if options.mpi else [], "product_rows"), side],
        "NumPy": [sys.executable, __file__, "--numpy", "--side", side],
    }
    times = {row: {name: [] for name in makers} for row in ROWS}
    # A rank of MPI that waits keeps a core busy, so then each program runs alone.
    for names in [[name] for name in makers] if options.mpi else [list(makers)]:
        programs = {name: Program(makers[name]) for name in names}
        for row in ROWS:
            for _ in range(options.turns + 1):
                for name, program in programs.items():
                    times[row][name].append(program.run(row))
        for program in programs.values():
            program.close()
    print(f"{side} x {side} and {5000 * options.side} x 8 float64, 2 engines, {options.turns} turns: median seconds (first)")
    for row, columns in times.items():
        cells = [f"{name} {statistics.median(seconds[1:]):.4f} ({seconds[0]:.3f})" for name, seconds in columns.items()]
        ratio = statistics.median(peer / own for own, peer in zip(columns["ours"][1:], columns["NumPy"][1:]))
        print(f"{row:<10}" + "   ".join(cells) + f"   NumPy/ours {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
