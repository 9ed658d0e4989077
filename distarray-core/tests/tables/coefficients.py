"""Derives the polynomial coefficients and constants of src/kernel/math (Remez exchange in 60 digits).

Run: python coefficients.py   (needs mpmath). Prints Rust constants; they were pasted into the kernels.
"""
import struct

from mpmath import mp, mpf, matrix, lu_solve, pi, sin, cos, exp, log, atan, sqrt, cbrt, erf, erfc, loggamma, euler, fabs, nstr, nint, ldexp, floor

mp.dps = 60


def remez(f, basis, weight, low, high, rounds=12):
    """Coefficients c minimising max |sum c_k basis_k - f| * weight on [low, high], and that maximum."""
    n = len(basis)
    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * i / n) for i in range(n + 1)]
    grid = [low + (high - low) * (1 - cos(pi * mpf(i) / 400)) / 2 for i in range(401)]
    for _ in range(rounds):
        a = matrix(n + 1, n + 1)
        b = matrix(n + 1, 1)
        for i, x in enumerate(points):
            for k in range(n):
                a[i, k] = basis[k](x)
            a[i, n] = (-1) ** i / weight(x)
            b[i] = f(x)
        solution = lu_solve(a, b)
        c = [solution[k] for k in range(n)]
        error = [(sum(ck * bk(x) for ck, bk in zip(c, basis)) - f(x)) * weight(x) for x in grid]
        extrema, start = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or error[i] * error[start] < 0:
                extrema.append(max(range(start, i), key=lambda j: fabs(error[j])))
                start = i
        while len(extrema) > n + 1:
            extrema.pop(0 if fabs(error[extrema[0]]) < fabs(error[extrema[-1]]) else -1)
        if len(extrema) < n + 1:
            break
        points = [grid[j] for j in extrema]
    return c, max(fabs(e) for e in error)


def show(name, c, error):
    print(f"// {name}: relative error of the exact polynomial 2^{nstr(log(error, 2), 4)}")
    print(f"const {name}: [f64; {len(c)}] = [")
    for x in c:
        print(f"    {float(x)!r},")
    print("];")


def powers(first, count, step=1):
    return [lambda x, k=k: x ** (first + step * k) for k in range(count)]


def special():
    """The polynomials of cube_root.rs, error_function.rs and gamma.rs."""
    one = lambda x: mpf(1)
    show("CUBE_ROOT", *remez(cbrt, powers(0, 5), lambda x: 1 / cbrt(x), mpf(1), mpf(2)))
    # erf x = x + x P(x^2)
    tiny = mpf(2) ** -20
    show("ERF", *remez(lambda x: erf(x) - x, powers(1, 13, 2), lambda x: 1 / erf(x), tiny, mpf(1)))
    # e^(x^2) erfc x, piece by piece: the pieces of 1 + x are quarters of octaves, z counts from their middles.
    rows, worst = [], mpf(0)
    for row in range(20):
        octave, quarter = divmod(row, 4)
        middle = mpf(2) ** octave * (1 + (mpf(quarter) + mpf(1) / 2) / 4) - 1
        half = mpf(2) ** octave / 8
        scaled = lambda z: exp((middle + z) ** 2) * erfc(middle + z)
        c, error = remez(scaled, powers(0, 15), lambda z: 1 / scaled(z), -half, half)
        rows.append(c)
        worst = max(worst, error)
    print(f"// SCALED_ERFC: relative error of the exact polynomials 2^{nstr(log(worst, 2), 4)}")
    print("static SCALED_ERFC: [[f64; 20]; 15] = [")
    for k in range(15):
        print("    [" + ", ".join(repr(float(row[k])) for row in rows) + "],")
    print("];")
    # log gamma x = (x - 1/2) log x - x + log(2 pi) / 2 + S(1 / x^2) / x for x >= 8
    def stirling(w):
        x = 1 / sqrt(w)
        return (loggamma(x) - (x - mpf(1) / 2) * log(x) + x - log(2 * pi) / 2) * x
    show("STIRLING", *remez(stirling, powers(0, 7), one, mpf(1) / 10**6, mpf(1) / 64))
    # log gamma (1 + f) = f P(f), log gamma (2 + f) = f Q(f)
    for name, start, slope in (("NEAR_ONE", 1, -euler), ("NEAR_TWO", 2, 1 - euler)):
        quotient = lambda f: slope if fabs(f) < mpf(10) ** -25 else loggamma(start + f) / f
        show(name, *remez(quotient, powers(0, 15), lambda f: 1 / quotient(f), -mpf(1) / 8, mpf(1) / 8))


def main():
    special()
    tiny = mpf(2) ** -12
    for name, count, high in (("SIN_HALF_PI", 8, pi / 2 * (1 + mpf(2) ** -20)), ("SIN_QUARTER_PI", 6, pi / 4 * (1 + mpf(2) ** -20))):
        # sin r = r + r^3 P(r^2)
        show(name, *remez(lambda x: sin(x) - x, powers(3, count, 2), lambda x: 1 / sin(x), tiny, high))
    # cos r = 1 - r^2/2 + r^4 P(r^2)
    show("COS_QUARTER_PI", *remez(lambda x: cos(x) - 1 + x * x / 2, powers(4, 6, 2), lambda x: 1 / cos(x), tiny, pi / 4 * (1 + mpf(2) ** -20)))
    # exp r = 1 + r + r^2 P(r)
    half = log(mpf(2)) / 2 * (1 + mpf(2) ** -20)
    show("EXP", *remez(lambda x: exp(x) - 1 - x, powers(2, 10), lambda x: exp(-x), -half, half))
    # log((1 + s) / (1 - s)) = 2 s + s^3 P(s^2)
    edge = (sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1) * (1 + mpf(2) ** -20)
    show("LOG", *remez(lambda s: log((1 + s) / (1 - s)) - 2 * s, powers(3, 7, 2), lambda s: 1 / log((1 + s) / (1 - s)), tiny, edge))
    # atan t = t + t^3 P(t^2)
    for count in (10, 11):
        show("ATAN", *remez(lambda t: atan(t) - t, powers(3, count, 2), lambda t: 1 / atan(t), tiny, (sqrt(mpf(2)) - 1) * (1 + mpf(2) ** -20)))
    # log(1 + z) = z - z^2/2 + z^3 P(z), |z| <= 2^-7.1 (table of 128 rows)
    edge = mpf(2) ** mpf("-7.1")

    def rest(z):
        if fabs(z) < mpf(10) ** -12:
            return mpf(1) / 3 - z / 4
        return (log(1 + z) - z + z * z / 2) / z**3

    show("LOG_1P", *remez(rest, powers(0, 7), lambda z: mpf(1), -edge, edge))

    def parts(name, value, count):
        out = []
        for _ in range(count):
            out.append(float(value))
            value -= mpf(out[-1])
        print(f"const {name}: [f64; {count}] = {out};")

    parts("PI", pi, 3)
    parts("HALF_PI", pi / 2, 3)
    parts("QUARTER_PI", pi / 4, 2)
    parts("LN_2", log(mpf(2)), 3)
    parts("LN_10", log(mpf(10)), 2)
    parts("LOG2_E", 1 / log(mpf(2)), 2)
    parts("LOG10_E", 1 / log(mpf(10)), 2)
    parts("LOG10_2", log(mpf(2)) / log(mpf(10)), 2)
    parts("TWO_OVER_PI", 2 / pi, 1)
    parts("ONE_OVER_PI", 1 / pi, 1)

    # 2/pi, 64 bits per word, the first word being the first 64 bits after the point.
    mp.dps = 500
    value = 2 / pi
    words = []
    for _ in range(20):
        value = ldexp(value, 64)
        word = int(floor(value))
        words.append(word)
        value -= word
    print("const TWO_OVER_PI_WORDS: [u64; 20] = [")
    for word in words:
        print(f"    0x{word:016x},")
    print("];")

    # Rows (1/c, -log(1/c) high, low) of the logarithm of pow; see double_log.rs. Interval i holds the
    # significands whose bits, counted from START, have i in front; 1 lies in the middle of interval 74.
    # 1/c has 7 bits after the point above one and 8 below, so that m * (1/c) - 1 is exact.
    mp.dps = 60
    start, width = 0x3FE6B00000000000, 1 << 45
    rows = []
    for i in range(128):
        lower, upper = (mpf(struct.unpack("<d", struct.pack("<Q", start + j * width))[0]) for j in (i, i + 1))
        bits = 7 if upper <= 1 else 8
        inverse = ldexp(nint(ldexp(2 / (lower + upper), bits)), -bits)
        if lower < 1 < upper:
            inverse = mpf(1)
        value = -log(inverse)
        high = ldexp(nint(ldexp(value, 42)), -42)
        rows.append((inverse, high, value - high))
        worst = max(fabs(lower * inverse - 1), fabs(upper * inverse - 1))
        assert worst < edge, (i, worst)
    for k, name in enumerate(("INVERSE", "LOG_HIGH", "LOG_LOW")):
        print(f"const {name}: [f64; 128] = [")
        for row in rows:
            print(f"    {float(row[k])!r},")
        print("];")
    high = ldexp(nint(ldexp(log(mpf(2)), 42)), -42)
    print(f"const LN_2_HIGH: f64 = {float(high)!r}; const LN_2_LOW: f64 = {float(log(mpf(2)) - high)!r};")


main()
