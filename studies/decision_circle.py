#!/usr/bin/env python3
"""The circle on the sample: build, decide, learn, export, build, promote; and whether every number agrees.

    make circle        # two builds and 2,000 decisions by HTTP, in a copy of the project

Outcomes are drawn from what the generator planted. The first build is told to hold promotions, so that the
service begins with the present mix; the second judges policies by the probabilities that the service logged.
"""

import argparse
import csv
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from sample_customers import sample_customers
from sqlalchemy import func, select

from bank_marketing.campaigns.known_outcomes import decision_key
from bank_marketing.campaigns.policy_truth import planted_chances, planted_response
from bank_marketing.service.choosing import Customer, choose
from bank_marketing.service.learning import Learner
from bank_marketing.service.publication import Publication
from bank_marketing.service.published_policy import PublishedPolicy
from bank_marketing.service.rules import Rules
from bank_marketing.service.running import load_publication, utc_now
from bank_marketing.service.schema import DECISIONS, OUTCOMES
from bank_marketing.service.store import Store

REPOSITORY = Path(__file__).resolve().parents[1]
HOLD = "{policy_promotion: {decision: hold, name: make circle, reason: the first policy is the present mix}}"
SECONDS_TO_BEGIN = 120
FREELY = Rules(holdout_share=0.0)


def copy_of_project(folder: Path) -> None:
    """Copy what git tracks."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)


class Circle:
    """A copy of the project with its commands and its service."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.published = folder, folder / "warehouse" / "sample.duckdb"
        self.exported = folder / "seeds" / "sample" / "campaigns" / "raw_campaign_decisions.csv"
        self.log = f"sqlite:///{folder / 'decisions.sqlite'}"
        self._environment = {**os.environ, "SEED_SET": "sample", "PYTHONPATH": str(folder / "src")}

    def start(self, *words: str, errors: Any = None) -> subprocess.Popen[bytes]:
        """Begin a command."""
        command = [sys.executable, "-m", "bank_marketing.cli", *words]
        return subprocess.Popen(command, cwd=self.folder, env=self._environment, stderr=errors)

    def run(self, *words: str) -> None:
        """Run a command to its end."""
        if code := self.start(*words).wait():
            raise SystemExit(f"{words[0]} ended with {code}.")

    def serve(self) -> tuple[subprocess.Popen[bytes], int]:
        """Begin the service; return it with its port once it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with (self.folder / "service.log").open("wb") as log:
            process = self.start("serve", "--port", str(port), "--database", self.log, errors=log)
        end = time.monotonic() + SECONDS_TO_BEGIN
        while time.monotonic() < end and process.poll() is None:
            try:
                call(port, "GET", "/health")
                return process, port
            except OSError:
                time.sleep(0.2)
        process.kill()
        raise SystemExit("The service doesn't begin.")


def call(port: int, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Ask the service."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, json.dumps(body), {"content-type": "application/json"})
        answer = connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: found {answer.status} {told}, expected 200.")
        return told
    finally:
        connection.close()


def planted(policy: PublishedPolicy) -> tuple[list[int], np.ndarray]:
    """Return the customers of the sample and the planted chance of each under each arm."""
    customers = sample_customers()
    response = planted_response(REPOSITORY / "seeds", "sample") or {}
    return customers["customer_id"].tolist(), planted_chances(response, customers, policy.start.design)


def earned(publication: Publication, customers: list[int], chances: np.ndarray) -> float:
    """Return what a policy earns a customer on the planted truth, in US dollars, if all may be contacted."""
    policy = publication.policy
    free = Publication(publication.number, policy, publication.known)
    asked = [Customer(number, publication.known[number]) for number in customers]
    rng = np.random.default_rng(1)
    made = choose(asked, free, Learner(policy).belief, FREELY, utc_now(), rng)
    shares = np.array([json.loads(choice.candidates)["probability"][:-1] for choice in made])
    worth = chances * np.nan_to_num(policy.value) - np.nan_to_num(policy.cost)
    return float((shares * worth).sum(axis=1).mean())


def decide(
    port: int, policy: PublishedPolicy, customers: list[int], chances: np.ndarray, *, decisions: int
) -> dict[str, bool]:
    """Ask for decisions and tell what came of them; return the outcomes by decision."""
    rng = np.random.default_rng(2)
    arm = {pair: n for n, pair in enumerate(policy.arms)}
    outcomes: dict[str, bool] = {}
    for place in rng.permutation(len(customers))[:decisions]:
        ask = {"population": "campaign_customers", "customer_id": customers[place]}
        decision = call(port, "POST", "/decisions", ask)
        if action := decision["action"]:
            own = chances[place, arm[action["campaign_type"], action["campaign_channel"]]]
            has_converted = bool(rng.random() < own)
            report = {"decision_id": decision["decision_id"], "has_converted": has_converted}
            call(port, "POST", "/outcomes", report)
            outcomes[decision["decision_id"]] = has_converted
    return outcomes


def counted(
    circle: Circle, second: Publication, outcomes: Mapping[str, bool], decisions: int
) -> dict[str, Any]:
    """Return what each place tells of decisions, outcomes and conversions."""
    store = Store(circle.log)
    with store.read() as connection:
        logged = connection.execute(select(func.count()).select_from(DECISIONS)).scalar()
        told = connection.execute(select(func.count()).select_from(OUTCOMES)).scalar()
        yes = select(func.count()).select_from(OUTCOMES).where(OUTCOMES.c.outcome == "converted")
        converted = connection.execute(yes).scalar()
        learner = Learner(second.policy)
        learner.learn(connection)
    store.close()
    with circle.exported.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with duckdb.connect(str(circle.published), read_only=True) as warehouse:
        ((loaded,),) = warehouse.execute(
            "select rows_loaded from operations.publication_files"
            " where seed_name = 'raw_campaign_decisions' order by version desc limit 1"
        ).fetchall()
    known = second.policy.known
    named = {decision_key(name): has_converted for name, has_converted in outcomes.items()}
    return {
        "service": (decisions, len(outcomes), sum(outcomes.values())),
        "log": (logged, told, converted),
        "file": (
            len(rows),
            sum(row["outcome"] != "" for row in rows),
            sum(row["outcome"] == "1" for row in rows),
        ),
        "warehouse": (loaded, len(known), sum(known.values())),
        "decisions and outcomes are the same, one by one": known == named,
        "outcomes that the second policy would learn twice": sum(learner.outcomes.values()),
    }


def go_round(folder: Path, decisions: int) -> bool:
    """Go round in a copy of the project, say what was found, and tell whether all agrees."""
    circle = Circle(folder)
    circle.run("build", "--", "--vars", HOLD)
    first = load_publication(circle.published)
    customers, chances = planted(first.policy)
    process, port = circle.serve()
    try:
        outcomes = decide(port, first.policy, customers, chances, decisions=decisions)
        circle.run("export-decisions", "--database", circle.log, "--output", str(circle.exported))
        circle.run("build")
        second = load_publication(circle.published)
        end = time.monotonic() + SECONDS_TO_BEGIN
        while not (taken_up := call(port, "GET", "/health")["publication"] == second.number):
            if time.monotonic() > end:
                break
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    found = counted(circle, second, outcomes, decisions)
    before, after = (earned(one, customers, chances) for one in (first, second))
    print("\nDecisions, outcomes and conversions by")
    for key, value in found.items():
        print(f"  {key}: {value}")
    print(f"The service took up publication {second.number} while it ran: {taken_up}.")
    print(f"On the planted truth {first.policy.rule.name} earns {before:,.0f} dollars a customer,")
    print(f"{second.policy.rule.name}, promoted by the log, {after:,.0f}.")
    agrees = (
        len({found[place] for place in ("service", "log", "file", "warehouse")}) == 1
        and found["decisions and outcomes are the same, one by one"]
        and found["outcomes that the second policy would learn twice"] == 0
        and taken_up
        and second.policy.rule.name != first.policy.rule.name
        and after > before
    )
    print("All agrees." if agrees else "Something disagrees.")
    return bool(agrees)


def main() -> int:
    """Go round in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--decisions", type=int, default=2_000, help="how many (default: 2000)")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="decision-circle-") as name:
        copy_of_project(Path(name))
        return 0 if go_round(Path(name), words.decisions) else 1


if __name__ == "__main__":
    sys.exit(main())
