#!/usr/bin/env python3
"""The library beside hand-written C loops and NumPy, row by row in turns on the same machine.

usage: benches/side_by_side/compare.py [--elements N] [--turns T] [--rows NAME,NAME...] [--mpi]

Needs a C compiler with OpenMP, cargo, Python 3 with NumPy; with --mpi also an MPI library: the engines are then
processes, and movement is compared with MPI_Alltoallw. All programs keep their arrays and are asked for
one run of one row at a time, one after the other, so that what else happens on the machine meets them
alike. The table shows the median seconds (reused memory), the first runs (fresh memory) in brackets, and
the median of the ratios of neighbouring runs.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# Our rows, and the rows of C that each is measured against.
ROWS = {"sin": "sin", "chain": "chain_streamed", "sum": "sum", "columns": "columns"}
COMMANDS = ("ping", "small_sum")


def numpy_rows(elements):
    import numpy as np
    a, b, c, d = (np.linspace(0.25, scale + 0.25, elements) for scale in (1.0, 2.0, 3.0, 4.0))
    side = int(elements ** 0.5)
    square = a[:side * side].reshape(side, side)
    work = {
        "sin": lambda: 2 * a + 3 * np.sin(a) - np.sqrt(np.abs(b)),
        "chain": lambda: (a * b + c - d) * 0.5,
        "sum": lambda: a.sum(),
        "columns": lambda: [np.ascontiguousarray(half) for half in (square[:, :side // 2], square[:, side // 2:])],
    }
    for line in sys.stdin:
        start = time.perf_counter()
        work[line.strip()]()
        print(f"{time.perf_counter() - start:.9f}", flush=True)


class Program:
    """One of the three, waiting for the names of rows."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, row):
        self.process.stdin.write(row + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args[0]} ended amid row {row}")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def our_program(features, bench="side_by_side"):
    command = ["cargo", "bench", "--bench", bench, "--no-run", "--message-format=json"] + features
    built = subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [message["executable"] for message in map(json.loads, built.splitlines())
            if message.get("executable") and message["target"]["name"] == bench][-1]


def compare(row, limit, programs, turns):
    """One row of the table: what every program takes, and the ratios of the first (the limit) and of NumPy."""
    names = list(programs)
    asked = {name: limit if name == "C" else row for name in names}
    first = {name: programs[name].run(asked[name]) for name in names}
    times = {name: [] for name in names}
    for _ in range(turns):
        for name in names:
            times[name].append(programs[name].run(asked[name]))
    ratio = lambda peer: statistics.median(p / o for p, o in zip(times[peer], times["ours"]))
    cells = "".join(f"{statistics.median(times[name]):>11.4f} ({first[name]:.3f})" for name in names)
    ratios = "".join(f"{ratio(name):>15.2f}" for name in names if name != "ours")
    print(f"{row:<10}{cells}{ratios}", flush=True)


def build_c(source, compiler, flags, directory):
    binary = os.path.join(directory, source.removesuffix(".c"))
    command = [compiler, "-O3", "-march=native", *flags, str(HERE / source), "-o", binary, "-lm"]
    subprocess.run(command, check=True)
    return binary


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elements", type=int, default=100_000_000)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--rows", default="")
    parser.add_argument("--mpi", action="store_true")
    parser.add_argument("--numpy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.numpy:
        return numpy_rows(options.elements)
    ours = our_program(["--features", "mpi"] if options.mpi else [])
    # Threads of the limit that wait for the next row must not compute meanwhile; Open MPI would refuse root.
    os.environ.update(OMP_WAIT_POLICY="passive", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    size = str(options.elements)
    with tempfile.TemporaryDirectory() as directory:
        if options.mpi:
            alltoallw = build_c("alltoallw.c", "mpicc", [], directory)
            return compare_processes(alltoallw, ours, size, options.turns)
        loops = build_c("loops.c", "cc", ["-ffast-math", "-fopenmp"], directory)
        programs = {
            "C": Program([loops, size]),
            "ours": Program([ours, size]),
            "NumPy": Program([sys.executable, __file__, "--numpy", "--elements", size]),
        }
        heads = "".join(f"{name:>19}" for name in programs)
        ratios = "".join(f"{name + '/ours':>15}" for name in programs if name != "ours")
        print(f"{options.elements} float64, 2 engines, {options.turns} turns: median seconds (first run)")
        print(f"{'row':<10}{heads}{ratios}", flush=True)
        for row in options.rows.split(",") if options.rows else [*ROWS, *COMMANDS]:
            if row in COMMANDS:
                print(f"{row:<10}{programs['ours'].run(row) * 1e6:>9.1f} us", flush=True)
            else:
                compare(row, ROWS[row], programs, options.turns)
        if not options.rows:
            loops_in_place(programs["ours"], options.turns)
        for program in programs.values():
            program.close()


def compare_processes(alltoallw, ours, size, turns):
    """Movement and commands between processes. A rank of MPI that waits keeps a core busy, so the two programs
    are started by turns, and neither waits while the other works."""
    def run(binary, rows):
        program = Program(["mpiexec", "-n", "2", "--bind-to", "none", binary, size])
        times = [program.run(row) for row in rows]
        program.close()
        return times
    limits, columns, pings, sums = [], [], [], []
    for _ in range(max(turns // 5, 1)):
        limits.append(statistics.median(run(alltoallw, ["columns"] * 8)[1:]))
        times = run(ours, ["columns"] * 8 + list(COMMANDS))
        columns.append(statistics.median(times[1:8]))
        pings.append(times[8])
        sums.append(times[9])
    ratio = statistics.median(limit / own for limit, own in zip(limits, columns))
    print(f"{size} float64, 2 processes: median seconds, and MPI_Alltoallw with subarray types")
    print(f"columns {statistics.median(columns):.4f}, Alltoallw {statistics.median(limits):.4f}, ratio {ratio:.2f}")
    print(f"ping {statistics.median(pings) * 1e6:.1f} us, small_sum {statistics.median(sums) * 1e6:.1f} us")


def loops_in_place(ours, turns):
    """Rows beside hand-written loops that the engines run on the same memory."""
    for row in ("chain", "sum"):
        ratios = [ours.run(row + "_loop") / ours.run(row) for _ in range(turns)]
        print(f"{row:<10}{statistics.median(ratios):>9.2f} of a loop by hand on the same memory", flush=True)


if __name__ == "__main__":
    main()
