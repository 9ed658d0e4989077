#!/usr/bin/env python3
"""Changes of shape written by chance, run with `distarray calc` and with NumPy, and compared bit by bit.

usage: random_shapes.py BINARY [--count N] [--seed S] [--mpi MPIEXEC]

Where NumPy refuses a program, `distarray calc` must refuse it too. Needs Python 3 and NumPy 2.
"""
import random
import sys
import tempfile

import numpy as np

import launch

NAMES = ["reshape", "ravel", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack", "tile", "repeat",
         "roll", "rot90", "pad", "tril", "triu", "diagonal", "diag", "trace", "transpose", "flip", "expand_dims",
         "swapaxes", "meshgrid", "array_split", "split", "eye", "indices", "full_like", "zeros_like"]


def shape_of(rng, size):
    lengths = []
    while size > 1 and len(lengths) < 3:
        divisors = [n for n in range(1, size + 1) if size % n == 0]
        lengths.append(rng.choice(divisors))
        size //= lengths[-1]
    lengths.append(size)
    if rng.random() < 0.3:
        lengths[rng.randrange(len(lengths))] = -1
    if rng.random() < 0.1:
        lengths[rng.randrange(len(lengths))] += 1
    return tuple(lengths)


def pairs(rng, ndim, high):
    kind = rng.random()
    if kind < 0.3:
        return rng.randrange(high)
    if kind < 0.5:
        return (rng.randrange(high), rng.randrange(high))
    return tuple((rng.randrange(high), rng.randrange(high)) for _ in range(ndim))


def change(rng, x, value):
    """One change of the value named x."""
    ndim, axis = value.ndim, lambda: rng.randrange(-value.ndim, max(value.ndim, 1))
    k = rng.randrange(-4, 5)
    choices = [
        lambda: f"reshape({x}, {shape_of(rng, value.size)})",
        lambda: f"ravel({x})",
        lambda: f"concatenate(({x}, {x}), axis={axis()})",
        lambda: f"concatenate(({x}, flip({x})), axis=None)",
        lambda: f"stack(({x}, {x}, {x}), axis={axis()})",
        lambda: f"{rng.choice(['hstack', 'vstack', 'dstack', 'column_stack'])}(({x}, {x}))",
        lambda: f"tile({x}, {tuple(rng.randrange(0, 4) for _ in range(rng.randrange(1, 4)))})",
        lambda: f"repeat({x}, {rng.randrange(0, 4)}, axis={rng.choice([None, axis()])})",
        lambda: f"roll({x}, {k * 3}, axis={rng.choice([None, axis()])})",
        lambda: f"roll({x}, ({k}, 2), axis=({axis()}, {axis()}))",
        lambda: f"rot90({x}, {k}, ({axis()}, {axis()}))",
        lambda: f"pad({x}, {pairs(rng, ndim, 9)}, '{rng.choice(['edge', 'reflect', 'symmetric', 'wrap'])}')",
        lambda: f"pad({x}, {pairs(rng, ndim, 4)}, constant_values={pairs(rng, ndim, 9)})",
        lambda: f"tril({x}, {k})",
        lambda: f"triu({x}, {k})",
        lambda: f"diagonal({x}, {k}, {axis()}, {axis()})",
        lambda: f"diag({x}, {k})",
        lambda: f"transpose({x})",
        lambda: f"flip({x}, {axis()})",
        lambda: f"expand_dims({x}, {axis()})",
        lambda: f"swapaxes({x}, {axis()}, {axis()})",
        lambda: f"meshgrid(ravel({x}), ravel({x})[:3])[{rng.randrange(2)}]",
        lambda: f"array_split({x}, {rng.randrange(1, 5)}, axis={axis()})[0]",
        lambda: f"split({x}, {[rng.randrange(-4, 9) for _ in range(2)]}, axis={axis()})[{rng.randrange(3)}]",
        lambda: f"{x} + eye({value.shape[-1] if ndim else 2}, k={k}, dtype=int)",
        lambda: f"full_like({x}, {k}.7)",
    ]
    return rng.choice(choices)()


def main():
    options = launch.parser(__doc__, 200).parse_args()
    rng = random.Random(options.seed)
    space = {name: getattr(np, name) for name in NAMES} | {"int": int}
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(options.count):
            shape = tuple(rng.choice([0, 1, 2, 3, 4, 6, 8, 11]) for _ in range(rng.randrange(1, 4)))
            x = np.arange(int(np.prod(shape)), dtype=rng.choice(["int64", "float32", "int16"])).reshape(shape)
            program, expected = "x", x
            for _ in range(rng.randrange(1, 4)):
                program = change(rng, program, expected)
                try:
                    expected = np.asarray(eval(program, {"__builtins__": {}}, space | {"x": x}))
                except Exception as error:
                    expected = error
                    break
                if expected.size > 20000:
                    break
            done, where = launch.run(options, directory, rng, {"x": x}, f"r = {program}", ["r"], len(shape))
            problem = None
            if isinstance(expected, Exception):
                if done.returncode == 0:
                    problem = f"NumPy refuses: {expected}"
            elif done.returncode != 0:
                problem = f"exit status {done.returncode}: {done.stderr.strip()}"
            else:
                found = np.load(f"{directory}/r.npy")
                if found.dtype != expected.dtype or found.shape != expected.shape:
                    problem = f"{found.dtype} {found.shape}, NumPy has {expected.dtype} {expected.shape}"
                elif not np.array_equal(found, expected):
                    problem = f"values {found}, NumPy has {expected}"
            if problem:
                failed += 1
                print(f"--- {program}\n    {where}, x {x.dtype} {x.shape}\n    {problem}")
    print(f"{options.count - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
