"""Native output: HiGHS' own lines are gone, whatever others print meanwhile comes through."""

import subprocess
import sys

SCRIPT = """
import ctypes, os, sys, threading
from bank_marketing.methods.native_output import no_native_lines

libc = ctypes.CDLL(None)
print("before")
with no_native_lines(b"HighsMipSolverData::"):
    libc.printf(b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();\\n")
    libc.printf(b"another library\\n")
    thread = threading.Thread(target=lambda: os.write(1, b"another thread\\n"))
    thread.start(); thread.join()
    print("python")
print("after")
try:
    with no_native_lines(b"Highs"):
        libc.printf(b"Highs\\n")
        raise ValueError
except ValueError:
    print("an error")
"""


def test_only_the_lines_named_are_taken_out():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert sorted(lines) == sorted(
        ["before", "another library", "another thread", "python", "after", "an error"]
    )
    assert lines[0] == "before" and lines[-2:] == ["after", "an error"]


def test_without_standard_output_nothing_breaks():
    script = "import os; os.close(1)\n" + SCRIPT.replace("os.write(1", "os.write(2").replace("print(", "len(")
    subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
