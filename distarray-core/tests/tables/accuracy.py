"""Makes accuracy.txt with MPFR: what tests/math_accuracy.rs measures the vector kernels against.

Run: python accuracy.py   (needs gmpy2, and numpy and scipy for the special cases).
A line is `name x [y] reference rest`: bits of doubles in hexadecimal, and what the exact value is above the
reference, in thousandths of the reference's ulp. Special cases have a rest of 0 and must agree exactly.
"""

import math
import random
import struct

import gmpy2 as m
import numpy as np
import scipy.special
from gmpy2 import mpfr

m.get_context().precision = 1400
PI = m.const_pi()

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
    while True:
        k = chance.choice([chance.randint(1, 100), chance.randint(1, 2**20), chance.randint(1, 2**29), chance.randint(2**31, 2**60)])
        return from_bits(bits(float(k * PI / 2)) + chance.randint(-1, 1)) * chance.choice([-1, 1])


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
    "exp2": (m.exp2, [uniform(-1074, 1023.9), uniform(-1, 1), sizes(1e-20, 1)]),
    "expm1": (m.expm1, [uniform(-50, 709), uniform(-1, 1), uniform(-3, 3), sizes(1e-300, 1)]),
    "log": (m.log, logarithms),
    "log2": (m.log2, logarithms),
    "log10": (m.log10, logarithms),
    "log1p": (m.log1p, [uniform(-1, 1), sizes(1e-300, 0.9), positive(1, 1e308)]),
    "arctan": (m.atan, [uniform(-1, 1), sizes(1e-300, 1e300), uniform(-5, 5)]),
    "arcsin": (m.asin, angles_of),
    "arccos": (m.acos, angles_of),
    "sinh": (m.sinh, hyperbolics),
    "cosh": (m.cosh, hyperbolics),
    "tanh": (m.tanh, [uniform(-1, 1), sizes(1e-300, 1), uniform(-30, 30)]),
}


def near_zero_of_lgamma():
    return chance.choice([1, 2]) + chance.choice([-1, 1]) * 2.0 ** -chance.randint(2, 50) * chance.random()


def near_whole():
    return -chance.randint(1, 180) + chance.choice([-1, 1]) * 2.0 ** -chance.randint(1, 45) * chance.random()


def largest_of(function):
    """The value and, as the size that its error is measured by, the largest of it and the arguments."""
    return lambda *x: (function(*x), max(abs(a) for a in x))


def lgamma(x):
    """Of negative numbers relative to 1 at least, because of the zeros there."""
    value = m.lgamma(x)[0]
    return (value, mpfr(1)) if x < 0 else value


LATER = {
    "cbrt": (m.cbrt, [uniform(-10, 10), sizes(1e-323, 1e308), sizes(1e-323, 1e-306), lambda: float(chance.randint(-1000, 1000)) ** 3]),
    "arcsinh": (m.asinh, [uniform(-3, 3), sizes(1e-320, 1e308), sizes(1e-5, 1e5), sizes(1e19, 1e21)]),
    "arccosh": (m.acosh, [uniform(1, 3), positive(1, 1e308), lambda: 1 + abs(near_one() - 1), positive(1e19, 1e21)]),
    "arctanh": (m.atanh, [uniform(-1, 1), sizes(1e-320, 1), lambda: chance.choice([-1, 1]) * (1 - chance.random() * 1e-6)]),
    "sinc": (lambda x: m.sin(PI * x) / (PI * x), [uniform(-3, 3), sizes(1e-300, 1), sizes(1, 1e15), lambda: chance.randint(1, 99) + near_one() - 1]),
    "erf": (m.erf, [uniform(-6.2, 6.2), uniform(-1.1, 1.1), sizes(1e-320, 1)]),
    "erfc": (m.erfc, [uniform(-6, 27.2), uniform(-1, 3), uniform(25.5, 27.22), sizes(1e-300, 1)]),
    "gamma": (m.gamma, [uniform(-10, 10), uniform(0, 171.6), uniform(-184, 0), near_whole, sizes(1e-307, 1), near_zero_of_lgamma]),
    "lgamma": (lgamma, [uniform(0, 10), positive(1e-320, 2.5e305), uniform(0.5, 2.5), near_zero_of_lgamma, uniform(-200, 0), near_whole, uniform(7.5, 8.5)]),
    "expit": (lambda x: 1 / (1 + m.exp(-x)), [uniform(-745, 40), uniform(-3, 3), sizes(1e-300, 1), uniform(-40, 40)]),
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
    "power": (lambda x, y: x**y, base_and_exponent),
    "hypot": (lambda x, y: m.sqrt(x * x + y * y), point),
}
def near_pair():
    x = chance.choice([uniform(-1, 1), uniform(-700, 700), sizes(1e-300, 1e300), sizes(1e-3, 1e3)])()
    return x, chance.choice([x + chance.uniform(-40, 40), x + near_one() - 1, x * near_one(), -x])


LATER_TWO = {
    "logaddexp": (largest_of(lambda x, y: m.log(m.exp(x) + m.exp(y)) if abs(x - y) < 10**4 else max(x, y)), near_pair),
    "logaddexp2": (largest_of(lambda x, y: m.log2(m.exp2(x) + m.exp2(y)) if abs(x - y) < 10**4 else max(x, y)), near_pair),
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
    exact = function(*[mpfr(x) for x in arguments])
    exact, size = exact if isinstance(exact, tuple) else (exact, mpfr(0))
    if exact == 0 or not m.is_finite(exact):
        return None
    near = float(exact)
    if math.isinf(near) or near == 0:
        return None
    if float(size) > abs(near):
        # Measured by the ulp of something larger: the reference is as near to the value as a multiple of it can be.
        unit = math.ulp(float(size))
        return f"{name}~ " + " ".join(f"{bits(x):016x}" for x in (*arguments, near)) + f" {bits(unit):016x}"
    rest = int(m.rint((exact - mpfr(near)) / mpfr(math.ulp(near)) * 1000))
    words = " ".join(f"{bits(x):016x}" for x in (*arguments, near))
    return f"{name} {words} {rest}"


lines = []
for name, (function, sources) in (ONE | LATER).items():
    chosen = HARD.get(name, []) + [sources[i % len(sources)]() for i in range(POINTS)]
    lines += [line(name, (x,), function) for x in chosen]
for name, (function, source) in (TWO | LATER_TWO).items():
    lines += [line(name, source(), function) for _ in range(POINTS)]
np.seterr(all="ignore")
exact_results = (0.0, 1.0, -1.0, math.inf, -math.inf)
def round_or_nan(x):
    return round(x) if math.isfinite(x) and x != 0 else math.nan


SCIPY = {"lgamma": "gammaln"}


def special(name, *arguments):
    """NumPy's value, or SciPy's."""
    function = getattr(np, name, None) or getattr(scipy.special, SCIPY.get(name, name))
    return float(function(*[np.array([x]) for x in arguments])[0])


for name in ONE | LATER:
    for x in SPECIAL:
        # SciPy has -infinity for gamma at -infinity, C and this library NaN; sinc of whole numbers is 0 here.
        # Of the smallest numbers SciPy has an infinite lgamma, which is 744.4, and at -infinity another than C.
        ours = {"gamma": [-math.inf], "lgamma": [-math.inf, 5e-324], "sinc": [round_or_nan(x)]}
        if x in ours.get(name, []):
            continue
        value = special(name, x)
        if math.isnan(value) or value in exact_results:
            lines.append(f"{name} {bits(x):016x} {bits(value):016x} 0")
for name in TWO | LATER_TWO:
    for x in SPECIAL:
        for y in SPECIAL:
            if name == "power" and y == 0.5:
                continue
            value = special(name, x, y)
            if math.isnan(value) or value in exact_results:
                lines.append(f"{name} {bits(x):016x} {bits(y):016x} {bits(value):016x} 0")
with open("accuracy.txt", "w", encoding="ascii") as file:
    file.write("\n".join(text for text in lines if text) + "\n")
