#!/usr/bin/env python3
"""Jacobi's method, five points, fixed borders: the library on 2 engines beside C with OpenMP and NumPy, in turns.

usage: benches/side_by_side/jacobi.py [--side N] [--sweeps S] [--turns T] [--mpi] [--no-numpy]

Needs a C compiler with OpenMP, cargo, Python 3 with NumPy; with --mpi also an MPI library: the engines are then
processes, started anew for every turn, because a rank of MPI that waits keeps a core busy. The table shows the median
seconds of all sweeps but for the first turn, which writes to fresh memory, and the median of the ratios of
neighbouring runs.
"""
import argparse
import os
import statistics
import sys
import tempfile
import time

from compare import Program, build_c, our_program


def numpy_sweeps(side):
    import numpy as np
    a = np.arange(side * side, dtype=float).reshape(side, side) % 1000 / 1000
    b = a.copy()
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            b[1:-1, 1:-1] = 0.25 * (a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:])
            a, b = b, a
        print(f"{time.perf_counter() - start:.9f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=8000)
    parser.add_argument("--sweeps", type=int, default=20)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--mpi", action="store_true")
    parser.add_argument("--no-numpy", action="store_true")
    parser.add_argument("--numpy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.numpy:
        return numpy_sweeps(options.side)
    os.environ.update(OMP_WAIT_POLICY="passive", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    ours = [our_program(["--features", "mpi"] if options.mpi else [], "jacobi"), str(options.side)]
    sweeps = str(options.sweeps)
    with tempfile.TemporaryDirectory() as directory:
        limit = build_c("jacobi.c", "cc", ["-fopenmp"], directory)
        programs = {"C": Program([limit, str(options.side)])}
        if not options.mpi:
            programs["ours"] = Program(ours)
        if not options.no_numpy:
            programs["NumPy"] = Program([sys.executable, __file__, "--numpy", "--side", str(options.side)])
        times = {name: [] for name in ("C", "ours", "slices", "NumPy") if name in ("ours", "slices") or name in programs}
        for turn in range(options.turns + 1):
            for name in times:
                if name in ("ours", "slices"):
                    line = sweeps if name == "ours" else f"{sweeps} slices"
                    if not options.mpi:
                        times[name].append(programs["ours"].run(line))
                        continue
                    program = Program(["mpiexec", "-n", "2", "--bind-to", "none", *ours])
                    program.run(line)
                    times[name].append(program.run(line))
                    program.close()
                elif name != "NumPy" or turn < 3:
                    # NumPy takes its time.
                    times[name].append(programs[name].run(sweeps))
        for program in programs.values():
            program.close()
    print(f"{options.sweeps} sweeps of {options.side} x {options.side} float64, 2 engines, {options.turns} turns")
    for name, taken in times.items():
        ratios = [statistics.median(own / other for own, other in zip(times[own_name][1:], taken[1:]))
                  for own_name in ("ours", "slices")]
        print(f"{name:<7}{statistics.median(taken[1:]):>9.4f} s (first {taken[0]:.3f})   "
              f"`stencil` takes {ratios[0]:.2f} of it, slices {ratios[1]:.2f}")


if __name__ == "__main__":
    main()
