"""How the scripts of this folder run programs of `distarray calc`."""
import argparse
import os
import re
import subprocess

import numpy as np


def parser(description, count):
    """The arguments that all scripts have."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary")
    arguments.add_argument("--count", type=int, default=count)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--mpi", default=None, help="the mpiexec to run under")
    return arguments


def run(options, directory, rng, inputs, program, results, most_letters=3):
    """Runs a program on engines and a distribution by chance; how it ended, and where it ran.

    Inputs and results are variables, in files of `directory` under their names.
    """
    arguments = ["calc", program]
    for name, array in inputs.items():
        np.save(f"{directory}/{name}.npy", array)
        arguments += ["--in", f"{name}={directory}/{name}.npy"]
    for name in results:
        # What an earlier program left shall not pass for a result of this one.
        if os.path.exists(f"{directory}/{name}.npy"):
            os.remove(f"{directory}/{name}.npy")
        arguments += ["--out", f"{name}={directory}/{name}.npy"]
    letters = [rng.choice(["n", "b", "c", "c(2)"]) for _ in range(rng.randrange(0, most_letters + 1))]
    if letters:
        arguments += ["--dist", ",".join(letters)]
    engines = rng.randrange(1, 6)
    if options.mpi:
        command = [options.mpi, "-n", str(engines), "--oversubscribe", options.binary] + arguments
    else:
        command = [options.binary] + arguments + ["-n", str(engines)]
    environment = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    return done, f"on {engines} engines, {','.join(letters) or 'default'}"


def described(inputs, text):
    """dtypes and shapes of the inputs that a text names."""
    named = set(re.findall(r"\w+", text))
    return {name: (array.dtype.name, array.shape) for name, array in inputs.items() if name in named}
