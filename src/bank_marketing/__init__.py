"""Marketing decisions for a bank: from raw files to scores and lists."""

import os

# dbt runs two nodes at a time and the tests two workers, which keeps both cores busy. OpenMP would start
# threads of its own for every tree that scikit-learn scores, and they wait for each other by spinning: it
# takes ten times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
