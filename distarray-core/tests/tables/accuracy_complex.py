"""Makes accuracy_complex.txt with MPC: what tests/complex_accuracy.rs measures functions of complex numbers against.

Run: python accuracy_complex.py   (needs gmpy2). A line is `name x y re im`: bits of doubles in hexadecimal.
"""

import math
import random
import struct

import gmpy2 as m

m.get_context().precision = 1400
PI = m.const_pi()
POINTS = 200
chance = random.Random(21)


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def size(low, high):
    return math.exp(chance.uniform(math.log(low), math.log(high))) * chance.choice([-1, 1])


def ordinary():
    return chance.uniform(-3, 3), chance.uniform(-3, 3)


def any_size():
    return size(1e-300, 1e300), size(1e-300, 1e300)


def middle_size():
    return size(1e-10, 1e10), size(1e-10, 1e10)


def flat():
    """Near the real axis, or near the imaginary one."""
    pair = chance.uniform(-3, 3), size(1e-300, 1e-3)
    return pair if chance.random() < 0.5 else pair[::-1]


def near_branch_point():
    pair = chance.choice([-1, 1]) + size(1e-15, 0.1), size(1e-30, 0.1)
    return pair if chance.random() < 0.5 else pair[::-1]


def small():
    return size(1e-300, 0.7), size(1e-300, 0.7)


def for_exponentials():
    return chance.uniform(-600, 600), chance.uniform(-100, 100)


def for_sines():
    return chance.uniform(-100, 100), chance.uniform(-600, 600)


EVERYWHERE = [ordinary, any_size, middle_size, flat, near_branch_point, small]
BOUNDED = [ordinary, flat, small]
FUNCTIONS = {
    "sqrt": (m.sqrt, EVERYWHERE),
    "exp": (m.exp, [*BOUNDED, for_exponentials]),
    "log": (m.log, [*EVERYWHERE, lambda: (math.cos(t := chance.uniform(-4, 4)), math.sin(t))]),
    "sin": (m.sin, [*BOUNDED, for_sines]),
    "cos": (m.cos, [*BOUNDED, for_sines]),
    "tan": (m.tan, [*BOUNDED, for_sines]),
    "sinh": (m.sinh, [*BOUNDED, for_exponentials]),
    "cosh": (m.cosh, [*BOUNDED, for_exponentials]),
    "tanh": (m.tanh, [*BOUNDED, for_exponentials]),
    "arcsin": (m.asin, EVERYWHERE),
    "arccos": (m.acos, EVERYWHERE),
    "arctan": (m.atan, EVERYWHERE),
    "arcsinh": (m.asinh, EVERYWHERE),
    "arccosh": (m.acosh, EVERYWHERE),
    "arctanh": (m.atanh, EVERYWHERE),
    "expm1": (lambda z: m.exp(z) - 1, [*BOUNDED, for_exponentials]),
    "log1p": (lambda z: m.log(1 + z), [*EVERYWHERE, lambda: (math.cos(t := chance.uniform(-3, 3)) - 1, math.sin(t))]),
    "sinc": (lambda z: m.sin(PI * z) / (PI * z), [ordinary, small, lambda: (chance.uniform(-100, 100), chance.uniform(-200, 200))]),
}

with open("accuracy_complex.txt", "w", encoding="ascii") as file:
    for name, (function, sources) in FUNCTIONS.items():
        for i in range(POINTS):
            x, y = sources[i % len(sources)]()
            value = function(m.mpc(x, y))
            parts = float(value.real), float(value.imag)
            if all(map(math.isfinite, parts)):
                file.write(" ".join([name, *map(bits, (x, y, *parts))]) + "\n")
