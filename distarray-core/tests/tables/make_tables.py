"""Makes the tables of NumPy's behaviour that tests/tables.rs compares with.

Run with any NumPy 2 on x86-64: python make_tables.py
Numbers are written as text: integers in decimal, floats as `float.hex`, so that no digit is lost.
"""

import json
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")
HERE = Path(__file__).parent
NAMES = ("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
         "float32 float64 complex64 complex128").split()


def text(value):
    """A NumPy scalar as text that reads back without loss."""
    value = np.asarray(value)[()]
    if value.dtype.kind == "c":
        return [float(value.real).hex(), float(value.imag).hex()]
    if value.dtype.kind == "f":
        return float(value).hex()
    return str(int(value))


def write(name, table):
    lines = ",\n".join(json.dumps(row) for row in table)
    (HERE / name).write_text("[\n" + lines + "\n]\n")


def promotion():
    return [[a, b, str(np.result_type(a, b))] for a in NAMES for b in NAMES]


def weak():
    """What a dtype becomes beside a Python literal; null where NumPy refuses."""
    rows = []
    for name in NAMES:
        for literal in (True, 0, -1, 127, 128, 255, 256, 2**31, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -2**63, 1.5, 1j):
            try:
                result = str(np.add(np.ones(1, name), literal).dtype)
            except OverflowError:
                result = None
            rows.append([name, repr(literal), result])
    return rows


def printed():
    rows = []
    floats = [0.0, -0.0, 1.0, -1.5, 0.1, 1 / 3, 1e-4, 9.999e-5, 1e-5, 123456.789, 999999.0, 1e6, 1234567.0,
              16777216.0, 1e15, 9999999999999998.0, 1e16, 1.2345e16, 1e22, 1e100, 1e-300, 5e-324, 1.7976931348623157e308,
              2.0**53, 2.0**63, float("nan"), float("inf"), float("-inf"), 3.4028235e38, 1e-45, 100.0, 12345.678e-9]
    for name in ("float32", "float64"):
        for value in floats:
            scalar = np.dtype(name).type(value)
            rows.append([name, text(scalar), str(scalar)])
    parts = [0.0, -0.0, 1.0, -2.5, 1e-5, 1e16, 1e6, float("nan"), float("inf"), float("-inf")]
    for name in ("complex64", "complex128"):
        for real in parts:
            for imaginary in parts:
                scalar = np.dtype(name).type(complex(real, imaginary))
                rows.append([name, text(scalar), str(scalar)])
    for name in NAMES[1:9]:
        for value in (np.iinfo(name).min, np.iinfo(name).max):
            rows.append([name, str(value), str(np.dtype(name).type(value))])
    rows += [["bool", "1", str(np.True_)], ["bool", "0", str(np.False_)]]
    return rows


def casts():
    """Every dtype to every other. One element at a time: NumPy's vector loops convert floats outside
    uint32 otherwise than its scalar loops."""
    floats = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.9, -1.9, 2.5, 127.0, 128.0, -128.0, -129.0, 255.9, 256.0, 300.7, 32767.0,
              32768.0, -32769.0, 65535.0, 65536.0, 70000.0, -70000.0, 2147483520.0, 2147483648.0, -2147483648.0,
              -2147483904.0, 4294967040.0, 4294967296.0, 1e10, -1e10, 9.2e18, 9223372036854775808.0, 9.3e18, -9.3e18,
              1.8e19, 18446744073709551616.0, 1e30, -1e30, 1e-40, 3.5e38, float("nan"), float("inf"), float("-inf")]
    precise = [2147483647.0, -2147483648.5, -2147483649.0, 4294967295.0, 4294967297.5, 0.1, 1 / 3, 16777217.0,
               9007199254740993.0, 1e-310, 1e300]
    rows = []
    for source in NAMES:
        kind = np.dtype(source).kind
        if kind == "b":
            values = [False, True]
        elif kind in "iu":
            limits = np.iinfo(source)
            values = sorted({v for v in (0, 1, 2, 100, 127, 128, 200, 255, 256, 32767, 32768, 65535, 65536, 2**24 + 1, 2**31 - 1,
                                         2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -1, -2, -100, -128,
                                         -129, -32768, -32769, -2**31, -2**31 - 1, -2**53 - 1, -2**63)
                             if limits.min <= v <= limits.max})
        else:
            values = floats + (precise if source in ("float64", "complex128") else [])
        if kind == "c":
            values = [complex(v, 7.0) for v in values] + [complex(0.0, 1.0), complex(0.0, float("nan")), complex(2.0, float("inf"))]
        for value in values:
            one = np.array([value]).astype(source) if kind not in "iu" else np.array([value], source)
            results = [text(one.astype(target)[0]) for target in NAMES]
            rows.append([source, text(one[0]), results])
    return rows


def reductions():
    nan, inf = float("nan"), float("inf")
    inputs = [
        ("bool", [True, False, True]), ("bool", [True, True]), ("bool", []),
        ("int8", [100, 100, 100, -7]), ("int8", []), ("int16", [-32768, -1]), ("int32", [2**31 - 1, 2**31 - 1, 3]),
        ("int64", [2**63 - 1, 1, 5]), ("int64", [2**62, 2, 3]), ("uint8", [200, 100, 0]), ("uint16", [65535, 2]),
        ("uint32", [2**32 - 1, 2**32 - 1]), ("uint64", [2**64 - 1, 2]),
        ("float32", [0.5, 0.25, 1024.0, 1.0]), ("float64", [1.5, -2.25, 8.0]), ("float64", [1.0, nan, 2.0]),
        ("float64", [nan, 1.0]), ("float64", [inf, 1.0]), ("float64", [inf, -inf]), ("float64", [0.0, 0.0]), ("float64", []),
        ("float64", [3.0]), ("complex64", [1 + 2j, 3 - 1j]), ("complex128", [1 + 2j, 1 - 5j, 0 + 0j]), ("complex128", []),
        ("complex128", [complex(1, nan), 2 + 1j]),
    ]
    functions = {
        "sum": np.sum, "prod": np.prod, "min": np.min, "max": np.max, "any": np.any, "all": np.all,
        "count_nonzero": lambda a: np.int64(np.count_nonzero(a)), "mean": np.mean, "var": np.var,
        "std": np.std, "var1": lambda a: np.var(a, ddof=1),
    }
    rows = []
    for name, values in inputs:
        array = np.array(values, dtype=name)
        for function, apply in functions.items():
            try:
                result = apply(array)
                rows.append([name, [text(v) for v in array], function, str(result.dtype), text(result)])
            except ValueError as error:
                rows.append([name, [text(v) for v in array], function, None, str(error)])
    return rows


write("promotion.json", promotion())
write("weak.json", weak())
write("printed.json", printed())
write("casts.json", casts())
write("reductions.json", reductions())
