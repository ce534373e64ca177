"""What the benches measure with; the benches themselves run with `make bench`."""

import subprocess
import sys

import pytest
from project_copies import REPOSITORY

sys.path.append(str(REPOSITORY / "bench"))

import measuring

ALLOCATE = (
    "block = bytearray(200_000_000); block[::4096] = b'x' * len(block[::4096]); import time; time.sleep(0.5)"
)
IN_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ALLOCATE!r}])"


@pytest.mark.parametrize("code", [ALLOCATE, IN_A_CHILD], ids=["itself", "in a child"])
def test_memory_of_a_command_and_of_its_children_is_seen(code):
    measured = measuring.run_measured([sys.executable, "-c", code])
    assert 200e6 < measured.peak_memory < 400e6
    assert measured.cpu_seconds > 0


def test_a_failing_command_is_no_measurement(capsys):
    with pytest.raises(subprocess.CalledProcessError):
        measuring.run_measured([sys.executable, "-c", "print('broken'); raise SystemExit(3)"])
    assert "broken" in capsys.readouterr().out


def test_a_node_has_the_memory_and_processor_time_of_its_own_moments():
    samples = [measuring.Sample(at=at, memory=100 * at, cpu_seconds=at / 2) for at in range(10)]
    result = {
        "unique_id": "model.bank_marketing.orders",
        "timing": [
            {"started_at": "1970-01-01T00:00:02.5Z", "completed_at": "1970-01-01T00:00:03Z"},
            {"started_at": "1970-01-01T00:00:03Z", "completed_at": "1970-01-01T00:00:05.5Z"},
        ],
    }
    node = measuring._node(result, measuring.Measured(10, 5, samples))
    assert node == measuring.Node("model orders", seconds=3.0, cpu_seconds=2.0, peak_memory=600)
