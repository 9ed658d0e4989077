"""Makes ufunc_types.json and ufunc_values.json with NumPy 2: what tests/ufunc_agreement.rs compares with.

Run: python ufunc.py   (needs numpy >= 2.1 and scipy). dtypes by name, values as hexadecimal bytes (little-endian).
`float16`, which the library has not, is written as `float32` in the types; values of such ufuncs are computed
on the argument cast to float32 first.
"""

import json
import warnings

import numpy as np
import scipy.special

warnings.simplefilter("ignore")
np.seterr(all="ignore")

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128".split()
UNARY = (
    "negative positive absolute sign square reciprocal conjugate sqrt exp exp2 expm1 log log1p log2 log10 sin cos tan "
    "arcsin arccos arctan sinh cosh tanh floor ceil trunc rint round isnan isfinite isinf logical_not invert "
    "arcsinh arccosh arctanh cbrt fabs signbit spacing deg2rad rad2deg bitwise_count isposinf isneginf isreal iscomplex angle "
    "sinc frexp_mantissa frexp_exponent erf erfc gamma lgamma expit"
).split()
BINARY = (
    "add subtract multiply divide floor_divide remainder power arctan2 hypot minimum maximum equal not_equal less "
    "less_equal greater greater_equal logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor left_shift "
    "right_shift fmod float_power gcd lcm fmin fmax copysign nextafter heaviside logaddexp logaddexp2 ldexp"
).split()
SPECIAL = {"erf": "erf", "erfc": "erfc", "gamma": "gamma", "lgamma": "gammaln", "expit": "expit"}
# SciPy has these for complex numbers, the library has not.
LEFT_OUT = set(SPECIAL)


def sinc(x):
    """In extended precision, and with the argument reduced first: NumPy's formula leaves the error of pi times x."""
    dtype = np.sinc(x).dtype
    x = x.astype(np.clongdouble if dtype.kind == "c" else np.longdouble)
    pi = np.longdouble("3.14159265358979323846264338327950288")
    whole = np.rint(x.real)
    sign = np.where(whole % 2 == 0, 1, -1)
    value = sign * np.sin(pi * (x - whole)) / (pi * np.where(x == 0, 1, x))
    return np.where(x == 0, 1, value).astype(dtype)


def special(function):
    """SciPy's function, in float32 for integers that NumPy would take to float16 or float32."""

    def of(x):
        small = x.dtype.kind in "biu" and x.dtype.itemsize <= 2
        return function(x.astype(np.float32) if small else x.astype(np.float64) if x.dtype.kind in "iu" else x)

    return of


FUNCTIONS = {name: special(getattr(scipy.special, other)) for name, other in SPECIAL.items()}
FUNCTIONS |= {"frexp_mantissa": lambda x: np.frexp(x)[0], "frexp_exponent": lambda x: np.frexp(x)[1], "sinc": sinc}


def function_of(name):
    return FUNCTIONS.get(name) or getattr(np, name)


def exponents(dtype):
    """What ldexp gets for the second argument where the first is of `dtype`."""
    return samples("int32" if dtype.endswith("32") else "int64")


def samples(dtype):
    kind = np.dtype(dtype).kind
    if kind == "b":
        return np.array([False, True])
    if kind in "iu":
        info = np.iinfo(dtype)
        wanted = [0, 1, 2, 3, 7, 31, 64, -1, -3, -8, info.min, info.max]
        return np.array(sorted({v for v in wanted if info.min <= v <= info.max}), dtype)
    big = 1e30 if dtype in ("float32", "complex64") else 1e300
    reals = [0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -3.7, 7.0, 1e-5, -123456.789, big]
    if kind == "f":
        return np.array(reals + [np.inf, -np.inf, np.nan, 1e-40 if dtype == "float32" else 5e-324], dtype)
    parts = [0.0, 1.0, -0.5, 3.0, -40.0]
    return np.array([complex(a, b) for a in parts for b in parts], dtype)


def corners(dtype):
    """Complex numbers on the axes' both sides, infinite, and not a number; beyond ordinary sizes; near the branch points."""
    parts = [0.0, -0.0, 2.0, -0.5, np.inf, -np.inf, np.nan]
    huge = 1e30 if dtype == "complex64" else 1e300
    more = [(huge, 1), (-1, huge), (huge, -huge), (1 / huge, 1), (1, 1 / huge), (-1, -1e-7), (1 + 1e-6, 1e-6), (1e-6, 1 - 1e-6), (1e-20, -1e-20)]
    return np.array([complex(a, b) for a in parts for b in parts] + [complex(a, b) for a, b in more], dtype)


# The functions whose values at those are C's, and therefore NumPy's and the library's.
CORNERED = "arcsin arccos arctan arcsinh arccosh arctanh isreal iscomplex angle".split()


def name(dtype):
    return "float32" if dtype == np.float16 else {np.float16: "float32"}.get(dtype, np.dtype(dtype).name)


def result(function, *arguments):
    try:
        return function(*arguments)
    except (TypeError, ValueError, OverflowError):
        return None


def types():
    """For each ufunc a list over dtypes, or over pairs of dtypes, of the result's dtype, by number; -1 is refused."""

    def number(value):
        return -1 if value is None else DTYPES.index(name(value.dtype))

    ones = [np.ones(1, dtype) for dtype in DTYPES]
    table = {}
    for ufunc in UNARY:
        left_out = ufunc in LEFT_OUT
        table[ufunc] = [-1 if left_out and x.dtype.kind == "c" else number(result(function_of(ufunc), x)) for x in ones]
    for ufunc in BINARY:
        table[ufunc] = [number(result(function_of(ufunc), x, y)) for x in ones for y in ones]
    table["where"] = [number(np.where(np.ones(1, bool), x, y)) for x in ones for y in ones]
    table["clip"] = [number(np.clip(x, y, y)) for x in ones for y in ones]
    return table


LITERALS = [True, 2, -1, 127, 255, -129, 70000, 2**40, 2**63, -(2**70), 0.5, 2j]
WITH_VALUES = "add subtract power equal less greater_equal logical_or where clip".split()


def literal(value):
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": value}
    return {"complex": [value.real, value.imag]}


def weak():
    rows = []
    for ufunc in BINARY:
        for dtype in DTYPES:
            for value in LITERALS:
                # NumPy turns these into objects, and fails for bool; the library answers.
                huge = isinstance(value, int) and not -(2**63) <= value < 2**63
                if huge and (ufunc.startswith("logical") or dtype == "bool" and ("equal" in ufunc or ufunc in ("less", "greater"))):
                    continue
                # The general power of C's library is right to some hundred ulp only.
                if ufunc == "power" and dtype.startswith("complex") and isinstance(value, int) and abs(value) > 100:
                    continue
                for swapped in (False, True):
                    array = np.array([1, 2, 3]).astype(dtype)
                    arguments = (value, array) if swapped else (array, value)
                    got = result(function_of(ufunc), *arguments)
                    keep = got is not None and got.dtype != np.float16 and ufunc in WITH_VALUES
                    rows.append([ufunc, dtype, literal(value), swapped, None if got is None else name(got.dtype), got.tobytes().hex() if keep else None])
    for dtype in DTYPES:
        array = np.array([1, 2, 3]).astype(dtype)
        for value in LITERALS:
            for ufunc, function in (
                ("where", lambda: np.where(np.array([True, False, True]), array, value)),
                ("clip", lambda: np.clip(array, value, 3)),
            ):
                # NumPy lets bounds lie beyond the range of an integer array, but not of a bool one.
                if ufunc == "clip" and dtype == "bool" and isinstance(value, int) and abs(value) >= 2**63:
                    continue
                got = result(function)
                rows.append([ufunc, dtype, literal(value), False, None if got is None else name(got.dtype), None if got is None else got.tobytes().hex()])
    return rows


def operands(ufunc, dtype):
    """The samples, as the library computes on them where NumPy would take float16."""
    array = samples(dtype)
    if ufunc != "round" and dtype in ("bool", "int8", "uint8"):
        probe = result(function_of(ufunc), *([array[:1]] * (2 if ufunc in BINARY else 1)))
        if probe is not None and probe.dtype == np.float16:
            return array.astype(np.float32), array
    if ufunc == "round" and dtype == "bool":
        return array.astype(np.float32), array
    return array, array


def values():
    rows = []
    for ufunc in UNARY:
        for dtype in DTYPES:
            if ufunc in LEFT_OUT and dtype.startswith("complex"):
                continue
            computed, stored = operands(ufunc, dtype)
            got = result(function_of(ufunc), computed)
            if got is not None:
                rows.append([ufunc, dtype, [stored.tobytes().hex()], got.dtype.name, got.tobytes().hex()])
            if ufunc in CORNERED and dtype.startswith("complex"):
                stored = corners(dtype)
                got = function_of(ufunc)(stored)
                rows.append([ufunc, dtype, [stored.tobytes().hex()], got.dtype.name, got.tobytes().hex()])
    for ufunc in BINARY:
        for dtype in DTYPES:
            if ufunc == "ldexp":
                if np.dtype(dtype).kind == "f":
                    grid = np.meshgrid(samples(dtype), np.concatenate([exponents(dtype), [-1080, -149, 1030]]).astype(exponents(dtype).dtype))
                    left, right = (array.ravel() for array in grid)
                    got = np.ldexp(left, right)
                    rows.append([ufunc, f"{dtype},{right.dtype.name}", [left.tobytes().hex(), right.tobytes().hex()], dtype, got.tobytes().hex()])
                continue
            computed, stored = operands(ufunc, dtype)
            if ufunc == "power" and np.dtype(dtype).kind == "i":
                pairs = [(a, b) for a in range(len(stored)) for b in range(len(stored)) if stored[b] >= 0]
            else:
                pairs = [(a, b) for a in range(len(stored)) for b in range(len(stored))]
            if np.dtype(dtype).kind == "c":
                pairs = pairs[::11] if ufunc not in ("power", "float_power") else [(a, b) for a, b in pairs[::11] if abs(stored[b]) < 6 and stored[a] != 0]
            left, right = (np.array([p[k] for p in pairs]) for k in (0, 1))
            got = result(function_of(ufunc), computed[left], computed[right])
            if got is not None:
                rows.append([ufunc, dtype, [stored[left].tobytes().hex(), stored[right].tobytes().hex()], got.dtype.name, got.tobytes().hex()])
    # Mixed signs of 64 bits are compared exactly.
    first = np.array([0, 1, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1], np.uint64)
    second = np.array([0, 1, -1, 2**53 + 1, 2**53, 2**63 - 1, -(2**63)], np.int64)
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(len(first)), np.arange(len(second))))
    for ufunc in "equal not_equal less less_equal greater greater_equal".split():
        for a, b in ((first[left], second[right]), (second[right], first[left])):
            got = function_of(ufunc)(a, b)
            rows.append([ufunc, f"{a.dtype.name},{b.dtype.name}", [a.tobytes().hex(), b.tobytes().hex()], "bool", got.tobytes().hex()])
    return rows


with open("ufunc_types.json", "w", encoding="ascii") as file:
    json.dump({"numpy": np.__version__, "dtypes": DTYPES, "arrays": types(), "literals": weak()}, file, separators=(",", ":"))
with open("ufunc_values.json", "w", encoding="ascii") as file:
    rows, operands_by_number = values(), []
    for row in rows:
        for position, operand in enumerate(row[2]):
            if operand not in operands_by_number:
                operands_by_number.append(operand)
            row[2][position] = operands_by_number.index(operand)
    json.dump({"numpy": np.__version__, "operands": operands_by_number, "rows": rows}, file, separators=(",", ":"))
