"""Makes the golden files beside this script with NumPy: python3 make.py

Each dtype little- and big-endian in C order, versions 1.0 to 3.0, Fortran order, no dimensions,
no elements, many dimensions, and files that must be refused. Values are functions of the position
(see values) that the Rust tests compute again.
"""

import os
import warnings

import numpy as np
from numpy.lib import format as npy

HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float32", "float64", "complex64", "complex128",
]


def values(count, dtype):
    """Element i: i % 3 == 1 for bool, 7 i - 20 (modulo 2^bits) for integers, i / 4 - 2 for floats,
    with imaginary part i for complex numbers."""
    i = np.arange(count)
    kind = np.dtype(dtype).kind
    if kind == "b":
        return i % 3 == 1
    if kind in "iu":
        return (7 * i - 20).astype(dtype)
    if kind == "f":
        return (i / 4 - 2).astype(dtype)
    return (i / 4 - 2 + 1j * i).astype(dtype)


def save(name, array, version=None):
    with open(os.path.join(HERE, name + ".npy"), "wb") as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            npy.write_array(file, array, version=version)


def main():
    for dtype in DTYPES:
        c = values(15, dtype).reshape(3, 5)
        save(f"{dtype}_little", c.astype(c.dtype.newbyteorder("<")))
        save(f"{dtype}_big", c.astype(c.dtype.newbyteorder(">")))
        save(f"{dtype}_fortran", np.asfortranarray(c))
    cube = values(60, "int32").reshape(3, 4, 5)
    save("cube_c", cube)
    save("cube_fortran", np.asfortranarray(cube))
    save("cube_fortran_big", np.asfortranarray(cube).astype(">i4", order="F"))
    for version in [(1, 0), (2, 0), (3, 0)]:
        save(f"version_{version[0]}", values(12, "float64").reshape(4, 3), version)
        save(f"version_{version[0]}_fortran", np.asfortranarray(values(12, "int16").reshape(4, 3)), version)
    save("no_dimensions", np.array(-3.5))
    save("no_dimensions_big", np.array(1 + 2j).astype(">c16"))
    save("one_dimension", values(11, "int64"))
    save("no_elements", np.zeros((3, 0, 2), "float32"))
    save("no_elements_fortran", np.zeros((3, 0, 2), "float32", order="F"))
    save("empty", np.zeros(0, "uint8"))
    save("many_dimensions", values(24, "uint16").reshape((1,) * 30 + (2, 3, 4)))
    save("sixty_four_dimensions", values(4, "uint16").reshape((2,) + (1,) * 62 + (2,)))
    save("growing", values(123, "uint8").reshape(123, 1))

    save("refused_text", np.array(["a", "bc"]))
    save("refused_bytes", np.array([b"a", b"bc"]))
    save("refused_objects", np.array([1, "a", None], dtype=object))
    save("refused_date", np.array(["2020-01-01"], dtype="M8[D]"))
    save("refused_duration", np.array([3], dtype="m8[s]"))
    save("refused_half", np.zeros(3, "float16"))
    save("refused_longdouble", np.zeros(3, "longdouble"))
    save("refused_clongdouble", np.zeros(3, "clongdouble"))
    save("refused_record", np.zeros(3, [("x", "<f8"), ("y", "<i4", (2,))]))
    save("refused_record_unicode", np.zeros(3, [("\u03b1", "<f8"), ("y", "<i4")]))
    save("refused_void", np.zeros(3, "V7"))
    with open(os.path.join(HERE, "numpy_version.txt"), "w") as file:
        file.write(np.__version__ + "\n")


if __name__ == "__main__":
    main()
