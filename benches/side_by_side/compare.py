#!/usr/bin/env python3
"""The library beside hand-written C loops and NumPy, row by row in turns on the same machine.

usage: benches/side_by_side/compare.py [--elements N] [--turns T] [--rows NAME,NAME...]

Needs a C compiler with OpenMP, cargo, Python 3 with NumPy. All three keep their arrays and are asked for
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


def our_program():
    built = subprocess.run(["cargo", "bench", "--bench", "side_by_side", "--no-run", "--message-format=json"],
                           cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [message["executable"] for message in map(json.loads, built.splitlines())
            if message.get("executable") and message["target"]["name"] == "side_by_side"][-1]


def compare(row, limit, programs, turns):
    first = {name: program.run(limit if name == "C" else row) for name, program in programs.items()}
    times = {name: [] for name in programs}
    for _ in range(turns):
        for name, program in programs.items():
            times[name].append(program.run(limit if name == "C" else row))
    ratio = lambda peer: statistics.median(p / o for p, o in zip(times[peer], times["ours"]))
    cells = "".join(f"{statistics.median(times[name]):>9.4f} ({first[name]:.3f})" for name in programs)
    print(f"{row:<10}{cells} {ratio('C'):>8.2f} {ratio('NumPy'):>11.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elements", type=int, default=100_000_000)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--rows", default=",".join([*ROWS, *COMMANDS]))
    parser.add_argument("--numpy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.numpy:
        return numpy_rows(options.elements)
    ours = our_program()
    with tempfile.TemporaryDirectory() as directory:
        loops = os.path.join(directory, "loops")
        subprocess.run(["cc", "-O3", "-march=native", "-ffast-math", "-fopenmp", str(HERE / "loops.c"),
                        "-o", loops, "-lm"], check=True)
        size = str(options.elements)
        programs = {
            "C": Program([loops, size]),
            "ours": Program([ours, size]),
            "NumPy": Program([sys.executable, __file__, "--numpy", "--elements", size]),
        }
        heads = "".join(f"{name:>17}" for name in programs)
        print(f"{options.elements} float64, 2 engines, {options.turns} turns: median seconds (first run)")
        print(f"{'row':<10}{heads} {'C/ours':>8} {'NumPy/ours':>11}", flush=True)
        for row in options.rows.split(","):
            if row in ROWS:
                compare(row, ROWS[row], programs, options.turns)
            else:
                print(f"{row:<10}{programs['ours'].run(row) * 1e6:>9.1f} us", flush=True)
        for program in programs.values():
            program.close()


main()
