"""`bank-marketing score offers`: a client's ranking, and that of a file, which is the published one."""

import re
import shutil

import duckdb
import pandas as pd
import pytest

from bank_marketing import cli
from bank_marketing.serving.offers import score_offers
from bank_marketing.serving.tasks import PREFERENCES


@pytest.fixture
def project(built_sample, monkeypatch):
    monkeypatch.chdir(built_sample.folder)
    monkeypatch.setenv("SEED_SET", "sample")
    return built_sample


def test_the_seed_file_gets_the_published_offers(project, tmp_path, capsys):
    file = project.folder / "seeds" / "sample" / "transactions" / "raw_card_transactions.csv"
    output = tmp_path / "offers.csv"
    assert cli.main(["score", "offers", str(file), "--output", str(output)]) == 0
    assert "Model preferences, version " in capsys.readouterr().out

    columns = [name for name in PREFERENCES.output if name != "may_be_contacted"]
    found = pd.read_csv(output)
    assert tuple(found) == PREFERENCES.output
    rows = project.query(
        f"select {', '.join(columns)} from transactions.next_best_offers where client_id in"
        " (select client_id from transactions.card_transactions) order by client_id, offer_rank"
    )
    published = pd.DataFrame(rows, columns=columns)
    pd.testing.assert_frame_equal(found[columns], published, check_dtype=False, atol=1e-9)


def test_a_mapped_banks_clients_are_ranked_under_their_own_keys(project, tmp_path):
    seed = project.folder / "seeds" / "sample" / "transactions" / "raw_card_transactions.csv"
    rows = pd.read_csv(seed, dtype=str, keep_default_na=False)
    rows = rows[rows["client_id"].isin([str(client) for client in range(1, 21)])]
    plain, file, mapping, keys = (
        tmp_path / name for name in ("plain.csv", "own.csv", "map.yaml", "keys.tsv")
    )
    rows.to_csv(plain, index=False)
    rows.assign(client_id="K" + rows["client_id"]).rename(columns={"client_id": "Kunde"}).to_csv(
        file, index=False
    )
    same = "".join(f"  {header}: {{column: {header}}}\n" for header in rows if header != "client_id")
    mapping.write_text(f"columns:\n  client_id: {{column: Kunde, numbered: true}}\n{same}")
    keys.write_text("number\tkey\n" + "".join(f"{client}\tK{client}\n" for client in range(1, 21)))
    own = ["--mapping", str(mapping), "--keys", str(keys)]
    written = [tmp_path / "own_offers.csv", tmp_path / "offers.csv"]
    assert cli.main(["score", "offers", str(file), "--output", str(written[0]), *own]) == 0
    assert cli.main(["score", "offers", str(plain), "--output", str(written[1])]) == 0
    offers, expected = (pd.read_csv(path) for path in written)
    assert (offers["key"] == "K" + offers["client_id"].astype(str)).all()
    pd.testing.assert_frame_equal(offers.drop(columns="key"), expected)
    segments = ["score", "segments", "--population", "transactions", str(file)]
    assert cli.main([*segments, "--output", str(tmp_path / "segments.csv"), *own]) == 0
    assert list(pd.read_csv(tmp_path / "segments.csv"))[:2] == ["client_id", "key"]
    assert cli.main(["score", "offers", "--client-id", "1", *own]) == 1


def test_a_client_whom_the_warehouse_lacks_is_ranked_and_eligible_for_nothing(project, tmp_path):
    seed = project.folder / "seeds" / "sample" / "transactions" / "raw_card_transactions.csv"
    rows = pd.read_csv(seed, dtype=str)
    file, output = tmp_path / "transactions.csv", tmp_path / "offers.csv"
    client = rows["client_id"].iloc[0]
    rows.assign(client_id=rows["client_id"].replace(client, "987654")).to_csv(file, index=False)

    assert cli.main(["score", "offers", str(file), "--output", str(output)]) == 0
    offers = pd.read_csv(output)
    stranger = offers[offers["client_id"] == 987654]
    assert len(stranger) == offers["product"].nunique() and not stranger["is_eligible"].any()
    assert set(stranger["what_would_change_it"]) == {"the client is not in the warehouse"}
    assert set(stranger["suitability"]) == {"not known", "not asked"}
    assert offers.loc[offers["client_id"] != 987654, "is_eligible"].any()


def test_with_too_little_history_for_a_model_everybody_gets_the_cold_start(project, tmp_path):
    warehouse = tmp_path / "published.duckdb"
    shutil.copyfile(project.published, warehouse)
    with duckdb.connect(warehouse) as connection:
        connection.execute(
            "update evaluation.model_registry set status = 'insufficient_data'"
            " where model_name = 'preferences'"
        )
    file = project.folder / "seeds" / "sample" / "transactions" / "raw_card_transactions.csv"

    offers, said = score_offers(file, warehouse)

    assert len(offers) and offers["is_cold_start"].all() and offers["score"].between(0, 1).all()
    assert f"{offers['client_id'].nunique():,} clients can't be told apart by too little history" in said[-1]


def test_one_client_is_printed_with_reasons_and_what_would_change_it(project, capsys):
    ((client, product, said),) = project.query(
        "select client_id, product, what_would_change_it from transactions.next_best_offers"
        " where not is_eligible order by client_id, offer_rank limit 1"
    )
    assert cli.main(["score", "offers", "--client-id", str(client)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Client {client}, valid until ") and "Chance, not gain." in out
    (line,) = re.findall(rf"^ *\d+  {product}: .*$", out, re.MULTILINE)
    assert line.endswith(f"Not eligible; it takes {said}.")
    ranks = [int(rank) for rank in re.findall(r"^ *(\d+)  ", out, re.MULTILINE)]
    assert ranks == list(range(1, len(ranks) + 1)) and len(ranks) > 11


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--client-id", "987654"], "found no client 987654"),
        ([], "expected --client-id ID, or FILE with --output CSV"),
        (["file.csv"], "expected --client-id ID, or FILE with --output CSV"),
        (["file.csv", "--output", "o.csv", "--client-id", "7"], "expected --client-id ID, or FILE"),
    ],
)
def test_what_does_not_fit_is_said(project, capsys, words, said):
    assert cli.main(["score", "offers", *words]) == 1
    assert said in capsys.readouterr().err
