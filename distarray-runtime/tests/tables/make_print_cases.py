"""Writes print_cases.json: arrays, and what NumPy prints for them.

    python3 -m venv venv && venv/bin/pip install numpy && venv/bin/python make_print_cases.py

Elements are given as hexadecimal little-endian bytes; of summarised arrays only those that are shown.
"""

import json
import pathlib

import numpy as np
from numpy._core.arrayprint import _leading_trailing

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float32", "float64", "complex64", "complex128"]
random = np.random.default_rng(20240607)
cases = []


def add(array, **options):
    array = np.asarray(array)
    with np.printoptions(**options):
        printed = str(array)
        edge = np.get_printoptions()["edgeitems"]
        shown = _leading_trailing(array, edge) if array.size > np.get_printoptions()["threshold"] else array
    cases.append({
        "dtype": array.dtype.name,
        "shape": array.shape,
        "options": options,
        "elements": np.ascontiguousarray(shown).astype(shown.dtype.newbyteorder("<")).tobytes().hex(),
        "printed": printed,
    })


def reals(size, style):
    """Numbers in many styles: exact and random digits, of one magnitude or of many."""
    if style == "round":
        return random.integers(-50, 50, size).astype(float)
    if style == "short":
        return random.integers(-9999, 9999, size) / 10.0 ** random.integers(0, 5)
    if style == "normal":
        return random.normal(size=size)
    if style == "magnitude":
        return random.normal(size=size) * 10.0 ** random.integers(-30, 30)
    if style == "wide":
        return random.normal(size=size) * 10.0 ** random.integers(-12, 12, size)
    if style == "narrow":
        return random.normal(size=size) * 10.0 ** random.integers(-1, 2, size)
    if style == "positive":
        return random.uniform(size=size) + 1.0
    if style == "ties":
        return random.integers(-5000, 5000, size) / 2.0 ** random.integers(5, 14)
    if style == "powers":
        return 10.0 ** random.integers(-5, 12, size)
    if style == "limits":
        return random.choice([1e8, 99999999.0, 1e6, 999999.0, 1e-4, 9.9e-5, 1e3, 1001.0, 1.0, 0.0], size)
    if style == "bits64":
        return random.integers(0, 2**63, size, dtype=np.uint64).view(np.float64)
    if style == "zeros":
        return random.choice([0.0, -0.0, 1.5, 1e-300], size)
    raise ValueError(style)


STYLES = ["round", "short", "normal", "magnitude", "wide", "narrow", "positive", "ties", "powers", "limits",
          "bits64", "zeros"]


def real_array(shape, width):
    style = random.choice(STYLES)
    with np.errstate(over="ignore"):
        values = np.array(reals(shape, style)).astype(width)
    values = np.array(values)
    if random.random() < 0.3 and values.size:
        flat = values.reshape(-1)
        for _ in range(random.integers(1, 4)):
            flat[random.integers(flat.size)] = random.choice([np.nan, np.inf, -np.inf, 0.0, -0.0])
    if random.random() < 0.03:
        values[...] = random.choice([np.nan, np.inf, -np.inf])
    return values


def any_array(dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        bounds = np.iinfo(dtype)
        if random.random() < 0.4:
            return random.integers(bounds.min, bounds.max, shape, dtype=dtype, endpoint=True)
        return random.integers(max(bounds.min, -100), 100, shape, dtype=dtype)
    if dtype.kind == "f":
        return real_array(shape, dtype)
    half = np.float32 if dtype == np.complex64 else np.float64
    result = np.empty(shape, dtype)
    result.real = real_array(shape, half)
    result.imag = real_array(shape, half)
    return result


def any_shape(most):
    ndim = random.integers(1, 5)
    while True:
        shape = tuple(int(length) for length in random.integers(1, 12, ndim))
        if ndim == 1:
            shape = (int(random.integers(1, most)),)
        if np.prod(shape) <= most:
            return shape


def main():
    for dtype in DTYPES:
        weight = {"b": 1, "i": 1, "u": 1, "f": 6, "c": 4}[np.dtype(dtype).kind]
        for _ in range(8 * weight):
            add(any_array(dtype, any_shape(48)))
        for _ in range(2 * weight):
            add(any_array(dtype, ()))
        for _ in range(weight):
            add(any_array(dtype, (int(random.integers(995, 1010)),)) if weight == 1 else any_array(dtype, (1001,)))
            add(any_array(dtype, (int(random.integers(7, 400)), int(random.integers(150, 400)))))
            add(any_array(dtype, (int(random.integers(1, 3)), int(random.integers(5, 9)), 200)))
        for _ in range(2 * weight):
            add(any_array(dtype, any_shape(60)), precision=int(random.integers(0, 12)),
                linewidth=int(random.integers(8, 120)), threshold=int(random.integers(0, 40)),
                edgeitems=int(random.integers(1, 4)))
        add(np.zeros(0, dtype))
        add(np.zeros((0, 3), dtype))
        add(np.zeros((2, 0, 3), dtype))
        add(np.zeros((1, 1, 1, 1), dtype))
        add(np.ones(30, dtype))
        add(np.ones((6, 6, 6, 6), dtype))
    for value in [0.0, -0.0, 1.0, 0.1, 1e-4, 9.999e-5, 1e-5, 1e15, 1e16, 123456789012345680.0, 9999999999999998.0, 1e22,
                  1e100, 1e-300, 5e-324, 2.0**-44, 1.7976931348623157e308, np.nan, np.inf, -np.inf, 1 / 3, 2 / 3e10, 100.0]:
        with np.errstate(over="ignore"):
            add(np.float64(value))
            add(np.float32(value))
            add(np.complex128(complex(value, 1.0)))
            add(np.complex64(complex(1.5, -value)))
            add(np.complex128(complex(0.0, value)))
            add(np.complex128(complex(-0.0, value)))
            add(np.array([value, 1.0]))
            add(np.array([value, -1.5], np.float32))
            add(np.array([complex(value, 1.0), complex(0.25, -value)]))
            add(np.array([value]))
    # Exactly half-way between two shortest ways to write them.
    for value in [1125899906842624.25, 1125899906842624.75, 1125899906842625.25]:
        add(np.array([value]))
        add(np.array([complex(value, -value)]))
    add(np.array([1.95703125, 6.51953125], np.float32))
    path = pathlib.Path(__file__).with_name("print_cases.json")
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(f'{{"numpy":"{np.__version__}","cases":[\n{lines}\n]}}\n')
    print(f"{len(cases)} cases, {path.stat().st_size} bytes")


main()
