#!/usr/bin/env python3
"""Index expressions written by chance, run with `distarray calc` and with NumPy, and compared bit by bit.

usage: random_indexing.py BINARY [--count N] [--seed S] [--mpi MPIEXEC] [--per-program K]

Reads, writes, updates in place, and the functions that take and put by index arrays and masks, on every kind of
distribution, 1 to 5 engines; what NumPy refuses must be refused. N expressions are compared, K in one program.
Needs Python 3 and NumPy 2.
"""
import random
import re
import sys
import tempfile
import warnings

import numpy as np

import launch

DTYPES = ["bool", "int8", "int64", "uint16", "float32", "float64", "complex128"]


class Writer:
    """Writes expressions over arrays x and y of one shape, index arrays and masks."""

    def __init__(self, rng):
        self.rng = rng
        self.generator = np.random.default_rng(rng.randrange(1 << 30))
        ndim = rng.choice([1, 1, 2, 2, 2, 3, 3, 4])
        longest = [0, 40, 9, 6, 4][ndim]
        self.shape = tuple(rng.randrange(0 if rng.random() < 0.1 else 1, longest + 1) for _ in range(ndim))
        self.inputs = {}
        for name in "xy":
            self.inputs[name] = self.values(self.shape, rng.choice(DTYPES))
        self.count = 0

    def values(self, shape, dtype):
        size = int(np.prod(shape))
        if dtype == "bool":
            return self.generator.integers(0, 2, size).astype(bool).reshape(shape)
        values = self.generator.integers(0, 100, size)
        if dtype == "complex128":
            values = values + 1j * self.generator.integers(0, 100, size)
        return values.astype(dtype).reshape(shape)

    def given(self, values):
        """The name of an input with these values."""
        self.count += 1
        name = f"i{self.count}"
        self.inputs[name] = values
        return name

    # Entries of an index expression.

    def slice(self):
        rng = self.rng
        end = lambda: "" if rng.random() < 0.4 else self.bound(rng.randrange(-8, 9))
        step = "" if rng.random() < 0.5 else ":" + str(rng.choice([1, 2, 3, -1, -2, -3]))
        return f"{end()}:{end()}{step}"

    def bound(self, value):
        """A bound of a slice: an integer, or now and then an array without axes."""
        if self.rng.random() < 0.1:
            return self.given(np.array(value, dtype=self.rng.choice(["int64", "int8"])))
        return str(value)

    def several(self):
        """A tuple of entries for the arrays x and y, as the methods `at` take it: index arrays, and perhaps `...`."""
        shape = (self.rng.randrange(1, 5),) if self.rng.random() < 0.5 else (2, 3)
        entries = [self.index_array(length, shape[self.rng.randrange(len(shape)):]) for length in self.shape]
        if self.rng.random() < 0.3:
            entries[self.rng.randrange(len(entries))] = "..."
        return f"({', '.join(entries)},)"

    def integer(self, length):
        if length == 0 or self.rng.random() < 0.01:
            return str(self.rng.randrange(-50, 50))
        return str(self.rng.randrange(-length, length))

    def index_array(self, length, shape):
        """An index array for an axis, as a list, an input, or something computed."""
        rng = self.rng
        if length == 0:
            shape = (0,) + shape[1:]
        low, high = -length, max(length, 1)
        if rng.random() < 0.01:
            high += 3
        values = self.generator.integers(low, high, shape)
        kind = rng.random()
        if kind < 0.3 and values.size <= 12 and values.ndim > 0 and values.size > 0:
            return str(values.tolist())
        name = self.given(values.astype(rng.choice(["int64", "int64", "int32", "int8"])))
        if kind < 0.5 and values.ndim > 0:
            self.inputs[name] = self.inputs[name][::-1].copy()
            return f"{name}[::-1]"
        if kind < 0.6 and values.ndim == 2:
            return f"{name}.T"
        return name

    def mask(self, shape):
        if self.rng.random() < 0.01 and shape:
            shape = (shape[0] + 1,) + shape[1:]
        values = self.generator.random(shape) < self.rng.choice([0.0, 0.2, 0.5, 0.9, 1.0])
        if self.rng.random() < 0.15 and values.ndim == 1 and 0 < values.size <= 12:
            return str(values.tolist())
        return self.given(values)

    def index(self, shape):
        """What stands between the brackets, for an array of this shape."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.08:
            return self.mask(shape[:rng.randrange(1, len(shape) + 1)]) if shape else "..."
        arrays = rng.random() < 0.6
        common = tuple(rng.randrange(1, 5) for _ in range(rng.randrange(0, 3)))
        entries, axis = [], 0
        ellipsis = rng.random() < 0.25
        while axis < len(shape):
            choice = rng.random()
            if choice < 0.06:
                entries.append("None")
            elif choice < 0.12 and ellipsis:
                entries.append("...")
                ellipsis = False
                # What the ellipsis stands for is left out at the end of the list.
                axis += rng.randrange(0, len(shape) - axis + 1)
            elif choice < 0.14:
                break
            elif choice < 0.3:
                entries.append(self.integer(shape[axis]))
                axis += 1
            elif choice < 0.7 or not arrays:
                entries.append(self.slice())
                axis += 1
            elif choice < 0.78:
                count = rng.randrange(1, len(shape) - axis + 1)
                entries.append(self.mask(shape[axis:axis + count]))
                axis += count
            else:
                own = common[rng.randrange(0, len(common) + 1):] if common else ()
                own = tuple(1 if rng.random() < 0.15 else n for n in own)
                entries.append(self.index_array(shape[axis], own))
                axis += 1
        if rng.random() < 0.01:
            entries += ["0", "0"]
        if not entries:
            return "..."
        return ", ".join(entries)

    # Values that are assigned.

    def value(self, shape):
        """A value that broadcasts to a shape, nearly always."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.3:
            return rng.choice(["0", "7", "True", "2.5", "-1", "300"])
        own = tuple(1 if rng.random() < 0.2 else n for n in shape)
        own = own[rng.randrange(0, len(own) + 1):] if rng.random() < 0.3 else own
        if rng.random() < 0.05:
            own = (1,) + own
        if rng.random() < 0.01:
            own = own + (2,)
        # NumPy takes a complex number without axes for Python's own, which integers refuse.
        name = self.given(self.values(own, rng.choice(DTYPES if own else DTYPES[:-1])))
        if kind < 0.5 and len(own) > 0:
            self.inputs[name] = self.inputs[name][::-1].copy()
            return f"{name}[::-1]"
        if kind < 0.6:
            return f"({name} + {name})"
        return name

    # Statements: how calc says it, and how NumPy does.

    def statement(self, result, space):
        rng = self.rng
        shape, ndim = self.shape, len(self.shape)
        source, kind = rng.choice("xy"), rng.random()
        base = source
        if kind < 0.15:
            base = rng.choice([f"{source}.T", f"{source}[::-1]", f"({source} == {source})", f"{source}[..., ::2]"])
        array = eval(base, {}, {**space, **self.inputs})
        if kind < 0.45:
            text = f"{result} = {base}[{self.index(array.shape)}]"
            return text, text
        start = f"{result} = {base}; ", f"{result} = ({base}).copy(); "
        if kind < 0.85:
            index = self.index(array.shape)
            try:
                taken = eval(f"{base}[{index}]", {}, {**space, **self.inputs}).shape
            except Exception:
                taken = ()
            operator = "=" if rng.random() < 0.6 else rng.choice(["+=", "-=", "*=", "|=", "//="])
            value = self.value(taken)
            if rng.random() < 0.1:
                value = f"{base}[{index}]"
            step = f"{result}[{index}] {operator} {value}"
            return start[0] + step, start[1] + step
        axis = rng.randrange(-ndim, ndim)
        length = shape[axis]
        flat = int(np.prod(shape))
        mode = rng.choice(["raise", "wrap", "clip"])
        # NumPy's take does not look at indices where there is nothing to take.
        far = 99 if flat else 0
        along = list(shape)
        along[axis] = rng.randrange(0, 5) if length else 0
        name = lambda values: self.given(values)
        # NumPy casts what these give to any dtype; here it must be of the array's kind.
        accumulate = [] if self.inputs[source].dtype == bool else [
            lambda: ("put", f"{rng.choice(['add', 'minimum', 'maximum'])}.at({result}, {self.index_array(length, (6,)) if ndim == 1 else self.mask(shape)}, {rng.choice(['1', '3'])})"),
            lambda: ("put", f"{rng.choice(['add', 'minimum', 'maximum'])}.at({result}, {self.several()}, {rng.choice(['1', '3'])})"),
        ]
        choices = accumulate + [
            lambda: f"{result} = take({source}, {self.index_array(length, (3, 2))}, axis={axis})",
            lambda: f"{result} = take({source}, {self.index_array(flat, (5,))})",
            lambda: f"{result} = take({source}, {self.index_array(far, (5,))}, axis={axis}, mode='{mode}')",
            lambda: f"{result} = repeat({source}, {name(self.generator.integers(0, 3, length))}, axis={axis})",
            lambda: f"{result} = take_along_axis({source}, {name(self.generator.integers(-length, max(length, 1), along))}, axis={axis})",
            lambda: f"{result} = compress({self.mask((length,))}, {source}, axis={axis})",
            lambda: f"{result} = extract({self.mask(shape)}, {source})",
            lambda: f"{result} = argwhere({source})",
            lambda: f"{result} = nonzero({source})[{rng.randrange(ndim)}]",
            lambda: f"{result} = where({self.mask(shape)})[{rng.randrange(ndim)}]",
            lambda: ("put", f"put({result}, {self.index_array(flat, (4,))}, {self.value((4,))})"),
            lambda: ("put", f"put({result}, {self.index_array(99, (4,))}, {self.value((4,))}, mode='{mode}')"),
            lambda: ("put", f"put_along_axis({result}, {name(self.generator.integers(-length, max(length, 1), along))}, {self.value(tuple(along))}, {axis})"),
        ]
        text = rng.choice(choices)()
        if isinstance(text, tuple):
            return f"{result} = {source}; {text[1]}", f"{result} = {source}.copy(); {text[1]}"
        return text, text


def differs(expected, found):
    if expected.dtype != found.dtype:
        return f"dtype {found.dtype}, NumPy has {expected.dtype}"
    if expected.shape != found.shape:
        return f"shape {found.shape}, NumPy has {expected.shape}"
    if not np.array_equal(expected, found, equal_nan=expected.dtype.kind in "fc"):
        return f"values {found}, NumPy has {expected}"
    return None


def at_fault(statements, message):
    """The statement that an error is about."""
    place = re.search(r"line 1, column (\d+)", message)
    column = int(place.group(1)) - 1 if place else None
    for text in statements:
        if column is not None and column < len(text) + 2:
            return text
        column = None if column is None else column - len(text) - 2
    return "; ".join(statements)


def main():
    parser = launch.parser(__doc__, 1000)
    parser.add_argument("--per-program", type=int, default=40)
    options = parser.parse_args()
    space = {name: getattr(np, name) for name in
             ["take", "repeat", "take_along_axis", "compress", "extract", "argwhere", "nonzero", "where", "put",
              "put_along_axis", "add", "minimum", "maximum"]}
    rng = random.Random(options.seed)
    compared = refused = failed = 0

    def report(text, where, inputs, problem):
        nonlocal failed
        failed += 1
        named = set(re.findall(r"\w+", text))
        lists = {name: a.tolist() for name, a in inputs.items() if name in named and name not in "xy" and a.size < 30}
        print(f"--- {text}\n    {where}, {launch.described(inputs, text)}, {lists}\n    {problem}", flush=True)

    with tempfile.TemporaryDirectory() as directory:
        while compared + refused < options.count:
            writer = Writer(rng)
            statements, expected, wrong = [], {}, None
            for number in range(options.per_program):
                result = f"r{number}"
                before = dict(writer.inputs)
                try:
                    ours, numpys = writer.statement(result, space)
                except Exception:
                    writer.inputs = before
                    continue
                values = {name: array.copy() for name, array in writer.inputs.items()}
                try:
                    with np.errstate(all="ignore"), warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        # In C order, as ours: NumPy puts through index arrays in the order of their memory.
                        exec(re.sub(r"(i\d+)(\[::-1\]|\.T)", r"\1\2.copy()", numpys), dict(space), values)
                    expected[result] = np.asarray(values[result])
                    statements.append(ours)
                except Exception as error:
                    if any(words in str(error) for words in ("boolean array indexing assignment requires", "Python integer")):
                        # NumPy's own: values of two axes, and numbers of arrays without axes taken for Python's.
                        writer.inputs = before
                        continue
                    # One wrong statement ends a program: it goes alone.
                    if wrong is None and rng.random() < 0.3:
                        wrong = (ours, result, dict(writer.inputs), f"{type(error).__name__}: {error}")
                    else:
                        writer.inputs = before
            inputs = {name: a for name, a in writer.inputs.items()
                      if name in "xy" or any(name in text for text in statements)}
            done, where = launch.run(options, directory, rng, inputs, "; ".join(statements), list(expected))
            if done.returncode != 0:
                message = done.stderr.strip()
                report(at_fault(statements, message), where, inputs, f"exit status {done.returncode}: {message[:300]}")
            else:
                for text, name in zip(statements, expected):
                    problem = differs(expected[name], np.load(f"{directory}/{name}.npy"))
                    if problem:
                        report(text, where, inputs, problem)
            compared += len(statements)
            if wrong:
                text, result, given, error = wrong
                used = {name: a for name, a in given.items() if name in "xy" or name in text}
                done, where = launch.run(options, directory, rng, used, text, [result])
                refused += 1
                if done.returncode == 0 or "panicked" in done.stderr:
                    report(text, where, used, f"NumPy refuses it with {error}; exit status {done.returncode}: {done.stderr.strip()}")
    print(f"{compared} compared, {refused} refused, {failed} failed")
    sys.exit(1 if failed else 0)


main()
