#!/usr/bin/env python3
"""Programs written by chance, run with `distarray calc` and with NumPy, and compared.

usage: random_programs.py BINARY [--count N] [--seed S] [--mpi MPIEXEC]

Each program runs on some inputs with some number of engines and some distribution; the results must
have NumPy's dtype and shape, and its values: exactly for integers and bools, within a few units in
the last place (scaled by what cancels) for floats. Needs Python 3 and NumPy 2.
"""
import random
import re
import sys
import tempfile
import warnings

import numpy as np

import launch

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float32", "float64", "complex64", "complex128"]
BINARY = ["+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^"]
UNARY = ["abs", "sqrt", "exp", "log", "sin", "cos", "tan", "floor", "ceil", "round", "isnan", "isfinite",
         "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "expm1", "log1p", "cbrt", "fabs", "signbit",
         "deg2rad", "rad2deg", "angle", "sinc", "negative", "logical_not", "square", "bitwise_count", "isposinf", "isneginf",
         "isreal", "iscomplex", "nan_to_num"]
# Those that NumPy computes in float16 where the argument has 8 bits.
MAY_BE_HALF = UNARY[1:UNARY.index("negative")] + ["arctan2", "power", "/", "copysign", "heaviside", "logaddexp", "modf", "frexp"]
FUNCTIONS = ["minimum", "maximum", "arctan2", "power", "logical_and", "logical_or", "fmin", "fmax", "fmod", "float_power",
             "gcd", "lcm", "copysign", "heaviside", "logaddexp", "logaddexp2", "isclose", "divmod_first", "divmod_second"]
MORE = ["nansum", "nanprod", "nanmin", "nanmax", "nanmean", "nanvar", "nanstd", "argmin", "argmax", "ptp", "diff", "cumsum",
        "cumprod", "nancumsum"]
REDUCTIONS = ["sum", "prod", "min", "max", "mean", "var", "std", "any", "all", "count_nonzero"]


def make_input(rng, shape):
    dtype = np.dtype(rng.choice(DTYPES))
    size = int(np.prod(shape))
    generator = np.random.default_rng(rng.randrange(1 << 30))
    if dtype == bool:
        values = generator.integers(0, 2, size).astype(bool)
    elif dtype.kind in "iu":
        low = 0 if dtype.kind == "u" else -20
        values = generator.integers(low, 21, size).astype(dtype)
    else:
        values = generator.normal(size=size) * 10
        if dtype.kind == "c":
            values = values + 1j * generator.normal(size=size)
        values = values.astype(dtype)
        if size and rng.random() < 0.2:
            values[rng.randrange(size)] = rng.choice([np.nan, np.inf, -np.inf, -0.0])
    return values.reshape(shape)


def expression(rng, depth, names, ndim):
    if depth == 0 or rng.random() < 0.15:
        if rng.random() < 0.75:
            return rng.choice(names)
        return rng.choice(["1", "2", "3", "0.5", "1.5", "True", "pi", "7"])
    kind = rng.random()
    sub = lambda: expression(rng, depth - 1, names, ndim)
    if kind < 0.45:
        return f"({sub()} {rng.choice(BINARY)} {sub()})"
    if kind < 0.60:
        return f"{rng.choice(UNARY)}({sub()})"
    if kind < 0.70:
        function = rng.choice(FUNCTIONS)
        if function.startswith("divmod"):
            return f"divmod({sub()}, {sub()})[{int(function.endswith('second'))}]"
        return f"{function}({sub()}, {sub()})"
    if kind < 0.72:
        return rng.choice([f"allclose({sub()}, {sub()})", f"array_equiv({sub()}, {sub()})", f"modf({sub()})[{rng.randrange(2)}]",
                           f"frexp({sub()})[{rng.randrange(2)}]", f"array_equal({sub()}, {sub()}, equal_nan=True)",
                           f"round({sub()}, {rng.randrange(-2, 4)})", f"angle({sub()}, deg=True)"])
    if kind < 0.76:
        return f"where({sub()}, {sub()}, {sub()})"
    if kind < 0.80:
        return f"astype({sub()}, {rng.choice(['float64', 'int64', 'int16', 'float32', 'bool'])})"
    if kind < 0.83:
        return f"clip({sub()}, 1, 9)"
    axes = ["None"] + [str(a) for a in range(-ndim, ndim)]
    keep = "True" if rng.random() < 0.7 else "False"
    name, axis = rng.choice(names), rng.choice(axes)
    more = f", axis={axis}, keepdims={keep}"
    kind = rng.random()
    if kind < 0.5:
        return f"{rng.choice(REDUCTIONS)}({name}{more})"
    if kind < 0.6:
        return f"{rng.choice(['nansum', 'nanprod', 'nanmin', 'nanmax', 'nanmean', 'nanvar', 'nanstd'])}({name}{more})"
    if kind < 0.7:
        return f"{rng.choice(['sum', 'prod', 'mean', 'any', 'all'])}({name}{more}, where={name} > 1)"
    if kind < 0.78:
        return f"{rng.choice(['sum', 'prod', 'min', 'max'])}({name}{more}, initial=2, where={name} > 1)"
    if kind < 0.85:
        return f"{rng.choice(['sum', 'mean'])}({name}{more}, dtype={rng.choice(['float32', 'float64', 'int64'])})"
    if kind < 0.9:
        return f"ptp({name}{more})"
    if kind < 0.95:
        return f"{rng.choice(['argmin', 'argmax'])}({name}{more})"
    if kind < 0.975:
        return f"{rng.choice(['cumsum', 'cumprod', 'nancumsum'])}({name}, axis={axis})"
    return f"diff({name}, n={rng.randrange(3)}, axis={rng.randrange(-ndim, ndim)})"


def numpy_value(program, inputs):
    space = {name: getattr(np, name) for name in
             UNARY + FUNCTIONS[:-2] + REDUCTIONS + MORE + ["divmod", "modf", "frexp", "allclose", "array_equal", "array_equiv",
             "where", "clip", "pi", "float64", "int64", "int16", "float32"]}
    space["astype"] = lambda x, dtype: np.asarray(x).astype(dtype)
    space["bool"] = bool
    space.update(inputs)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(program, {"__builtins__": {}}, space)


def acceptable(expected, found, in_single):
    if expected.dtype != found.dtype:
        return f"dtype {found.dtype}, NumPy has {expected.dtype}"
    if expected.shape != found.shape:
        return f"shape {found.shape}, NumPy has {expected.shape}"
    if expected.dtype.kind in "biu":
        if not np.array_equal(expected, found):
            return f"values {found}, NumPy has {expected}"
        return None
    tolerance = 3e-4 if in_single else 1e-9
    with np.errstate(all="ignore"):
        close = np.isclose(found, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
        if expected.dtype.kind == "c":
            # What is infinite or no number in a complex result depends on the formula.
            close |= ~np.isfinite(expected)
    if not close.all():
        return f"values {found[~close][:4]}, NumPy has {expected[~close][:4]}"
    return None


def has_single_floats(program, inputs, expected):
    """Whether something on the way is computed in float32: functions of 16-bit integers are, too."""
    dtypes = [expected.dtype, *(a.dtype for a in inputs.values())]
    names = ("int16", "uint16", "float32", "complex64")
    return any(name in program or any(dtype == name for dtype in dtypes) for name in names)


def has_half_floats(program, inputs):
    """NumPy computes functions of 8-bit integers and truth values in float16, which this library has not."""
    has_truth = "bool" in program or re.search(r"(?<!=)\bTrue\b", program)
    return has_truth or any(a.dtype in (np.int8, np.uint8, np.bool_) for a in inputs.values())


def main():
    options = launch.parser(__doc__, 200).parse_args()
    rng = random.Random(options.seed)
    tried = compared = failed = 0
    with tempfile.TemporaryDirectory() as directory:
        while compared < options.count:
            tried += 1
            ndim = rng.randrange(1, 4)
            shape = tuple(rng.choice([1, 2, 3, 5, 7, 11]) for _ in range(ndim))
            inputs = {"x": make_input(rng, shape)}
            if rng.random() < 0.7:
                other = tuple(n if rng.random() < 0.8 else 1 for n in shape)
                inputs["y"] = make_input(rng, other[rng.randrange(0, ndim):] if rng.random() < 0.3 else other)
            program = expression(rng, rng.randrange(1, 4), list(inputs), inputs["x"].ndim)
            try:
                expected = np.asarray(numpy_value(program, inputs))
            except Exception:
                continue
            if expected.dtype == np.float16 or expected.dtype == object:
                continue
            if has_half_floats(program, inputs) and any(name in program for name in
                                                        MAY_BE_HALF):
                continue
            compared += 1
            done, where = launch.run(options, directory, rng, inputs, f"r = {program}", ["r"], ndim)
            problem = None
            if done.returncode != 0:
                problem = f"exit status {done.returncode}: {done.stderr.strip()}"
            else:
                found = np.load(f"{directory}/r.npy")
                problem = acceptable(expected, found, has_single_floats(program, inputs, expected))
            if problem:
                failed += 1
                print(f"--- {program}\n    {where}, {launch.described(inputs, program)}\n    {problem}")
    print(f"{compared - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
