"""Make bank_export.csv: rows of ours under the column names of the UCI bank marketing data, none of it real.

The file stands beside this script. The seed stands in the code, so it comes out the same each time.
"""

import csv
import math
import random
from pathlib import Path

ROWS = 1_500
HEADER = [
    *("age", "job", "marital", "education", "default", "balance", "housing", "loan", "contact"),
    *("day", "month", "duration", "campaign", "pdays", "previous", "poutcome", "y"),
]
JOBS = ["management", "technician", "services", "admin.", "blue-collar", "retired", "student", "unknown"]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def row(random: random.Random) -> list[object]:
    """Draw one customer: subscribing is likelier after an earlier success and for young and old."""
    age = min(90, max(18, round(random.gauss(42, 13))))
    contact = random.choices(["cellular", "telephone", "unknown"], [60, 10, 30])[0]
    was_called = random.random() < 0.35
    outcome = "unknown"
    if was_called:
        outcome = random.choices(["failure", "other", "success"], [55, 15, 30])[0]
    log_odds = -2.4 + 1.8 * (outcome == "success") - 0.9 * (contact == "unknown") + 0.03 * abs(age - 40)
    has_subscribed = random.random() < 1 / (1 + math.exp(-log_odds))
    return [
        age,
        random.choice(JOBS),
        random.choices(["married", "single", "divorced"], [6, 3, 1])[0],
        random.choices(["primary", "secondary", "tertiary", "unknown"], [15, 50, 30, 5])[0],
        random.choices(["no", "yes"], [98, 2])[0],
        round(random.lognormvariate(6.5, 1.2)) - 300,
        random.choice(["yes", "no"]),
        random.choices(["no", "yes"], [84, 16])[0],
        contact,
        random.randint(1, 28),
        random.choice(MONTHS),
        round(random.lognormvariate(5.0 + 0.6 * has_subscribed, 0.7)),
        1 + int(random.expovariate(0.6)),
        random.randint(30, 400) if was_called else -1,
        1 + int(random.expovariate(0.7)) if was_called else 0,
        outcome,
        "yes" if has_subscribed else "no",
    ]


if __name__ == "__main__":
    draws = random.Random(20140215)
    path = Path(__file__).with_name("bank_export.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(row(draws) for _ in range(ROWS))
