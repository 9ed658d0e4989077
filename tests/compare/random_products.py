#!/usr/bin/env python3
"""Products of arrays by chance, computed with `distarray calc` and with NumPy, and compared.

usage: random_products.py BINARY [--count N] [--seed S] [--mpi MPIEXEC]

Each runs with some number of engines and some distribution; the result must have NumPy's dtype and shape, and its values:
exactly for integers and bools, within a few units in the last place of the sum of absolute products for floats. What NumPy
refuses must be refused in its words. Needs Python 3 and NumPy 2.
"""
import random
import sys
import tempfile

import numpy as np

import launch

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float32", "float64", "complex64", "complex128"]
LETTERS = "ijklmn"


def make_input(rng, shape):
    dtype = np.dtype(rng.choice(DTYPES if rng.random() < 0.7 else ["float64"]))
    generator = np.random.default_rng(rng.randrange(1 << 30))
    if dtype.kind in "biu":
        low, high = (0, 2) if dtype == bool else (0 if dtype.kind == "u" else -100, 101)
        return generator.integers(low, high, shape).astype(dtype)
    values = generator.normal(size=shape) * 10.0 ** generator.integers(-3, 4, shape)
    if dtype.kind == "c":
        values = values + 1j * generator.normal(size=shape)
    return values.astype(dtype)


def lengths(rng, count):
    return [rng.choice([0, 1, 2, 3, 5, 8, 17, 40]) for _ in range(count)]


def einsum(rng):
    """Subscripts and shapes of operands."""
    sizes = dict(zip(LETTERS, lengths(rng, len(LETTERS))))
    terms = ["".join(rng.choice(LETTERS) for _ in range(rng.randrange(1, 4))) for _ in range(rng.randrange(1, 4))]
    used = sorted(set("".join(terms)))
    output = "".join(rng.sample(used, rng.randrange(0, len(used) + 1)))
    shapes = [tuple(sizes[letter] for letter in term) for term in terms]
    while any(np.prod(shape) > 30_000 for shape in shapes) or np.prod([sizes[l] for l in used], dtype=float) > 1e6:
        return einsum(rng)
    text = ",".join(terms) + (f"->{output}" if rng.random() < 0.7 else "")
    return text, shapes


def product(rng):
    """A program over x and y (and z), and the shapes of these."""
    kind = rng.random()
    m, k, n, s = lengths(rng, 4)
    if kind < 0.35:
        first = rng.choice([(m, k), (m, k), (k,), (s, m, k), (1, m, k)])
        second = rng.choice([(k, n), (k, n), (k,), (s, k, n), (k + 1, n)])
        return "x @ y", [first, second]
    if kind < 0.45:
        return "x.T @ y", [(k, m), (k, n)]
    if kind < 0.6:
        name = rng.choice(["dot", "inner", "outer", "vdot", "kron", "vecdot"])
        first, second = rng.choice([((k,), (k,)), ((m, k), (k,)), ((m, k), (k, n)), ((m, k), (n, k)), ((m, k), (m, k)), ((s, m, k), (k, n))])
        if name in ("outer", "kron") and np.prod(first) * np.prod(second) > 200_000:
            return product(rng)
        return f"{name}(x, y)", [first, second]
    if kind < 0.7:
        return rng.choice([("matvec(x, y)", [(s, m, k), (k,)]), ("vecmat(x, y)", [(k,), (s, k, n)]),
                           ("tensordot(x, y)", [(s, m, k), (m, k, n)]), ("tensordot(x, y, 1)", [(m, k), (k, n, s)]),
                           ("tensordot(x, y, ([0, -1], [1, 0]))", [(m, s, k), (k, m, n)])])
    text, shapes = einsum(rng)
    return f"einsum('{text}', {', '.join('xyz'[:len(shapes)])})", shapes


def numpy_value(program, inputs):
    names = ["dot", "inner", "outer", "vdot", "kron", "vecdot", "matvec", "vecmat", "tensordot", "einsum"]
    space = {name: getattr(np, name) for name in names} | inputs
    with np.errstate(all="ignore"):
        return np.asarray(eval(program, {"__builtins__": {}}, space))


def agrees(found, expected, scale):
    if found.dtype != expected.dtype or found.shape != expected.shape:
        return f"{found.dtype} {found.shape} for {expected.dtype} {expected.shape}"
    if expected.dtype.kind in "biu":
        return None if np.array_equal(found, expected) else "other values"
    bound = 64 * np.finfo(expected.dtype).eps * scale
    wrong = np.abs(found - expected) > bound
    return f"off by {np.max(np.abs(found - expected)[wrong])} where {bound[wrong].max()} is allowed" if wrong.any() else None


def main():
    options = launch.parser(__doc__, 200).parse_args()
    rng = random.Random(options.seed)
    failures = refused = 0
    with tempfile.TemporaryDirectory() as directory:
        for number in range(options.count):
            program, shapes = product(rng)
            inputs = {name: make_input(rng, shape) for name, shape in zip("xyz", shapes)}
            try:
                expected, wrong = numpy_value(program, inputs), None
            except ValueError as error:
                expected, wrong = None, str(error)
            done, where = launch.run(options, directory, rng, inputs, f"r = {program}", ["r"])
            if wrong is not None:
                refused += 1
                # How shapes that do not broadcast are told is ours.
                is_told = "broadcast" in wrong or wrong.strip() in done.stderr
                problem = None if done.returncode != 0 and is_told else f"{done.stderr!r} for {wrong!r}"
            elif done.returncode != 0:
                problem = done.stderr
            else:
                scale = numpy_value(program, {name: np.abs(array).astype(float) for name, array in inputs.items()})
                problem = agrees(np.load(f"{directory}/r.npy"), expected, scale)
            if problem:
                failures += 1
                print(f"program {number} {where}: {program}\n  {launch.described(inputs, program)}\n  {problem}")
    print(f"{options.count} products, {refused} of them refused by NumPy: {failures} differ")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
