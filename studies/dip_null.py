"""Simulate the dip of uniform samples: the table DIP_QUANTILES in src/bank_marketing/methods/dip.py.

Prints, for each size of sample, the quantiles of sqrt(n) x dip that chance passes with the probabilities
NULL_PROBABILITIES. Takes about a quarter of an hour.
"""

import numpy as np

from bank_marketing.methods.dip import NULL_PROBABILITIES, dip_statistic

SIZES = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
SAMPLES = 50_000


def main() -> None:
    """Print the table as it stands in the module."""
    largest = np.zeros(len(NULL_PROBABILITIES))
    for size in SIZES:
        rng = np.random.default_rng(size)
        dips = np.array([dip_statistic(rng.uniform(size=size)) for _ in range(SAMPLES)])
        # They grow with the size, but for the noise of the simulation.
        largest = np.maximum(largest, np.quantile(np.sqrt(size) * dips, 1 - np.array(NULL_PROBABILITIES)))
        print(f"    {size:_}: ({', '.join(f'{value:.4f}' for value in largest)}),", flush=True)


if __name__ == "__main__":
    main()
