"""Makes accuracy.txt with mpmath: what tests/math_accuracy.rs measures the vector kernels against.

Run: python accuracy.py   (needs mpmath and numpy, the latter for the special cases of C's library).
A line is `name x [y] reference rest`: bits of doubles in hexadecimal, and what the exact value is above the
reference, in thousandths of the reference's ulp. Special cases have a rest of 0 and must agree exactly.
"""

import math
import random
import struct

import mpmath as m
import numpy as np
from mpmath import mp, mpf

POINTS = 360
chance = random.Random(20)


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def uniform(low, high):
    return lambda: chance.uniform(low, high)


def sizes(low, high):
    """Any order of magnitude, either sign."""
    return lambda: math.exp(chance.uniform(math.log(low), math.log(high))) * chance.choice([-1, 1])


def positive(low, high):
    return lambda: abs(sizes(low, high)())


def any_double():
    while True:
        x = from_bits(chance.getrandbits(64))
        if math.isfinite(x):
            return x


def near_multiple_of_half_pi():
    with mp.workprec(1300):
        k = chance.choice([chance.randint(1, 100), chance.randint(1, 2**20), chance.randint(1, 2**29), chance.randint(2**31, 2**60)])
        return from_bits(bits(float(k * m.pi / 2)) + chance.randint(-1, 1)) * chance.choice([-1, 1])


def near_one():
    return 1 + chance.choice([-1, 1]) * 2.0 ** -chance.randint(2, 52) * chance.random()


angles = [uniform(-10, 10), sizes(1e-300, 1), sizes(1, 1e9), sizes(1e9, 1e300), any_double, near_multiple_of_half_pi, uniform(-1000, 1000)]
logarithms = [positive(1e-320, 1e308), uniform(0.5, 2), near_one, positive(1e-5, 1e5)]
angles_of = [uniform(-1, 1), sizes(1e-300, 1), lambda: chance.choice([-1, 1]) * (1 - chance.random() * 1e-6)]
hyperbolics = [uniform(-1, 1), sizes(1e-300, 1), uniform(-709, 709), uniform(-45, 45)]
ONE = {
    "sin": (m.sin, angles),
    "cos": (m.cos, angles),
    "tan": (m.tan, angles),
    "exp": (m.exp, [uniform(-745, 709.7), uniform(-1, 1), uniform(-745, -700), sizes(1e-20, 1)]),
    "exp2": (lambda x: mpf(2) ** x, [uniform(-1074, 1023.9), uniform(-1, 1), sizes(1e-20, 1)]),
    "expm1": (m.expm1, [uniform(-50, 709), uniform(-1, 1), uniform(-3, 3), sizes(1e-300, 1)]),
    "log": (m.log, logarithms),
    "log2": (lambda x: m.log(x) / m.log(2), logarithms),
    "log10": (lambda x: m.log(x) / m.log(10), logarithms),
    "log1p": (m.log1p, [uniform(-1, 1), sizes(1e-300, 0.9), positive(1, 1e308)]),
    "arctan": (m.atan, [uniform(-1, 1), sizes(1e-300, 1e300), uniform(-5, 5)]),
    "arcsin": (m.asin, angles_of),
    "arccos": (m.acos, angles_of),
    "sinh": (m.sinh, hyperbolics),
    "cosh": (m.cosh, hyperbolics),
    "tanh": (m.tanh, [uniform(-1, 1), sizes(1e-300, 1), uniform(-30, 30)]),
}


def base_and_exponent():
    while True:
        x = chance.choice([positive(1e-300, 1e300), uniform(0.5, 2), near_one, positive(1e-310, 1e-300)])()
        if x == 1:
            continue
        y = chance.choice([chance.uniform(-744, 709) / math.log(x), chance.uniform(-5, 5), float(chance.randint(-20, 20)), chance.randint(-9, 9) / 2])
        if abs(y) < 1e300 and abs(y * math.log(x)) < 744:
            return (-x if y == round(y) and abs(y) < 2**52 and chance.random() < 0.3 else x), y


def point():
    coordinate = chance.choice([uniform(-1, 1), sizes(1e-300, 1e300), sizes(1e-3, 1e3), any_double])
    return coordinate(), coordinate()


TWO = {
    "arctan2": (m.atan2, point),
    "power": (m.power, base_and_exponent),
    "hypot": (lambda x, y: m.sqrt(x * x + y * y), point),
}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e300, -1e300, 5e-324, math.inf, -math.inf, math.nan, 1.7976931348623157e308, 2.5]
# The arguments that come nearest to multiples of pi/2, and near the ends of ranges.
HARD = {
    "sin": [6381956970095103.0 * 2.0**797, 2.0**30, -(2.0**30), from_bits(bits(2.0**30) + 1), 2.0**1023, math.pi, 22.0],
    "cos": [6381956970095103.0 * 2.0**797, 2.0**30, from_bits(bits(2.0**30) + 1), 2.0**1023, math.pi / 2, 11.0, 0.0, 1e-10],
    "tan": [6381956970095103.0 * 2.0**797, 2.0**30, from_bits(bits(2.0**30) + 1), 2.0**1023, math.pi / 2, math.pi / 4],
    "exp": [709.782712893384, -708.4, -745.133, 1e-17, -1e-17],
    "log": [from_bits(1), from_bits(bits(1.0) + 1), from_bits(bits(1.0) - 1), 1.7976931348623157e308, 2.2250738585072014e-308],
}


def line(name, arguments, function):
    with mp.workprec(1400 if name in ("sin", "cos", "tan") else 300):
        exact = function(*[mpf(x) for x in arguments])
        if not isinstance(exact, mpf) or exact == 0 or not m.isfinite(exact):
            return None
        with mp.workprec(300):
            near = float(+exact)
        if math.isinf(near) or near == 0:
            return None
        rest = int(m.nint((exact - mpf(near)) / mpf(math.ulp(near)) * 1000))
    words = " ".join(f"{bits(x):016x}" for x in (*arguments, near))
    return f"{name} {words} {rest}"


lines = []
for name, (function, sources) in ONE.items():
    chosen = HARD.get(name, []) + [sources[i % len(sources)]() for i in range(POINTS)]
    lines += [line(name, (x,), function) for x in chosen]
for name, (function, source) in TWO.items():
    lines += [line(name, source(), function) for _ in range(POINTS)]
np.seterr(all="ignore")
exact_results = (0.0, 1.0, -1.0, math.inf, -math.inf)
for name in ONE:
    for x in SPECIAL:
        value = float(getattr(np, name)(np.float64(x)))
        if math.isnan(value) or value in exact_results:
            lines.append(f"{name} {bits(x):016x} {bits(value):016x} 0")
for name in TWO:
    for x in SPECIAL:
        for y in SPECIAL:
            if name == "power" and y == 0.5:
                continue
            value = float(getattr(np, name)(np.array([x]), np.array([y]))[0])
            if math.isnan(value) or value in exact_results:
                lines.append(f"{name} {bits(x):016x} {bits(y):016x} {bits(value):016x} 0")
with open("accuracy.txt", "w", encoding="ascii") as file:
    file.write("\n".join(text for text in lines if text) + "\n")
