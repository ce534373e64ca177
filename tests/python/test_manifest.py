"""Rules of the domain that a build can prove by its manifest and catalogue."""

import json
import re
from copy import deepcopy

import pytest

from bank_marketing.transactions.preference_pairs import FIGURES, TRAITS

# In each domain, the moments at which something becomes known, earliest first.
MOMENTS = {
    "campaigns": ["before_contact", "in_campaign", "outcome"],
    "transactions": ["before_month", "after_month"],
    "sales": ["before_split", "after_split"],
    "churn": ["observation", "outcome"],
}
# Columns that a features model may carry, but no model learns from.
ROLES = {"key", "target", "order", "carried"}


def meta_of(column: dict) -> dict:
    return column["config"]["meta"]


def models_in(manifest: dict, room: str) -> list[dict]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][2] == room
    ]


def columns_of_domain(manifest: dict, domain: str) -> list[tuple[str, dict]]:
    return [
        (name, meta_of(column))
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed") and node["fqn"][1] == domain
        for name, column in node["columns"].items()
    ]


def words(sql: str) -> set[str]:
    """Return the words of a query without its comments."""
    return set(re.findall(r"\w+", re.sub(r"--[^\n]*|\{#.*?#\}|/\*.*?\*/", " ", sql, flags=re.DOTALL)))


def known_too_late(manifest: dict) -> list[str]:
    """Return the feature columns that aren't known at the moment their model serves, or don't say so."""
    found = []
    for model in models_in(manifest, "features"):
        domain, moment = model["fqn"][1], model["config"]["meta"].get("moment")
        if moment not in MOMENTS[domain]:
            found.append(f"{model['name']}: meta.moment is {moment!r}, expected one of {MOMENTS[domain]}")
            continue
        elsewhere = columns_of_domain(manifest, domain)
        for name, column in model["columns"].items():
            meta = meta_of(column)
            if meta.get("role") in ROLES:
                continue
            known = {meta.get("known_at")} | {
                other["known_at"] for same, other in elsewhere if same == name and "known_at" in other
            }
            late = [at for at in known if at not in MOMENTS[domain][: MOMENTS[domain].index(moment) + 1]]
            if late:
                found.append(f"{model['name']}.{name} is known at {late}, the model serves {moment}")
    return found


def leaks(manifest: dict) -> list[str]:
    """Return the features models that name a column which tells the outcome."""
    return [
        f"{model['name']} reads {leak}, which tells the outcome"
        for model in models_in(manifest, "features")
        for leak in sorted(
            {name for name, meta in columns_of_domain(manifest, model["fqn"][1]) if meta.get("is_leak")}
        )
        if leak in words(model["raw_code"])
    ]


def identifiers_as_features(manifest: dict) -> list[str]:
    """Return the ids and row numbers that have no role, so that a model might learn from them."""
    return [
        f"{model['name']}.{name} is no feature: give it meta.role {sorted(ROLES)} or leave it out"
        for model in models_in(manifest, "features")
        for name, column in model["columns"].items()
        if (name.endswith("_id") or name == "source_line") and meta_of(column).get("role") not in ROLES
    ]


def undeclared(manifest: dict, built: dict[tuple[str, str], set[str]]) -> list[str]:
    """Return the features models whose columns in the database are not those of their YAML."""
    return [
        f"{model['name']} has {sorted(difference)} in only one of database and YAML"
        for model in models_in(manifest, "features")
        if (difference := built.get((model["schema"], model["name"]), set()) ^ set(model["columns"]))
    ]


def personal_columns(manifest: dict) -> dict[str, set[str]]:
    """Return the raw columns with personal data, by domain."""
    domains: dict[str, set[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed":
            personal = {
                name for name, column in node["columns"].items() if meta_of(column).get("personal_data")
            }
            domains.setdefault(node["fqn"][1], set()).update(personal)
    return domains


def personal_data_read(manifest: dict) -> list[str]:
    """Return the staging models that name a raw column with personal data, whatever they call it then."""
    personal = personal_columns(manifest)
    return [
        f"{model['name']} reads {name}, which is personal data and must stop here"
        for model in models_in(manifest, "staging")
        for name in sorted(personal.get(model["fqn"][1], set()) & words(model["raw_code"]))
    ]


def personal_data_built(manifest: dict, built: dict[tuple[str, str], set[str]]) -> list[str]:
    """Return the columns behind the raw schema that are called like personal data."""
    personal = {name.replace("_", "") for names in personal_columns(manifest).values() for name in names}
    return [
        f"{schema}.{table}.{column} is called like personal data"
        for (schema, table), columns in sorted(built.items())
        if schema != "raw"
        for column in sorted(columns)
        if column.replace("_", "") in personal
    ]


def data_tests(manifest: dict) -> list[tuple[str, dict, dict]]:
    """Return the generic data tests, each as its name, what it is told, and the node that it is about."""
    return [
        (test["test_metadata"]["name"], test["test_metadata"]["kwargs"], of)
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test" and test.get("test_metadata")
        for of in [manifest["nodes"].get(test["attached_node"])]
        if of
    ]


def repeated_checks(manifest: dict) -> list[str]:
    """Return the data tests that ask again for what a contract or the seed loader refuses already."""
    found = []
    for name, told, of in data_tests(manifest):
        known = [column for column in told.get("not_null", []) if is_required(of, column)]
        if name in ("unique", "not_null"):
            found.append(f"{of['name']}: {name} is a part of keys_hold")
        found += [f"{of['name']}.{column} needs no test: no null is written" for column in known]
        if (
            of["resource_type"] == "seed"
            and told.get("key")
            and told["key"] == of["config"]["meta"].get("unique_key")
        ):
            found.append(f"{of['name']}: the loader refuses repeated keys")
    return found


def is_required(of: dict, column_name: str) -> bool:
    """Return whether no null of a column is written, by its contract or by the seed loader."""
    column = of["columns"].get(column_name, {})
    if of["resource_type"] == "seed":
        return bool(meta_of(column).get("required"))
    is_enforced = of["config"].get("contract", {}).get("enforced")
    return is_enforced and any(c["type"] == "not_null" for c in column.get("constraints", []))


def without_a_key(manifest: dict) -> list[str]:
    """Return the models whose rows no test tells apart; those of fits are tested in model_registry."""
    keyed = {of["name"] for name, told, of in data_tests(manifest) if name == "keys_hold" and told.get("key")}
    models = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][2] != "fit"
    }
    return sorted(models - keyed)


def read_too_early(manifest: dict) -> list[str]:
    """Return the features models that read staging or raw files, not marts or what lies beneath them."""
    return [
        f"{model['name']} reads {parent.split('.')[2]}, which is no mart"
        for model in models_in(manifest, "features")
        for parent in model["depends_on"]["nodes"]
        if parent.startswith("seed.")
        or manifest["nodes"].get(parent, {}).get("fqn", [""] * 3)[2] == "staging"
    ]


def decides_unasked(manifest: dict) -> list[str]:
    """Return what decides about offers, or is said in their reasons, without being marked as what may."""
    nodes = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    columns = {name: meta_of(column) for name, column in nodes["features_preferences"]["columns"].items()}
    traits = {name: meta for name, meta in columns.items() if meta.get("role") in (None, "carried")}
    seen = {name for name, meta in traits.items() if meta.get("role") is None and meta.get("may_decide")}
    unmarked = [name for name, meta in traits.items() if not {"may_decide", "may_be_said"} <= meta.keys()]
    unsaid = {name for name, meta in traits.items() if not meta.get("may_be_said")}
    reasons = words(nodes["int_offer_reasons"]["raw_code"])
    rules = words(nodes["int_offer_eligibility"]["raw_code"])
    return [
        *(f"{name}: may_decide or may_be_said is missing" for name in unmarked),
        *(f"a candidate sees {name}" for name in (*FIGURES, *TRAITS) if name not in seen),
        *(f"a reason names {name}" for name in sorted(reasons & unsaid)),
        *(f"a rule reads {name}" for name in sorted(rules & {"gender", "country"})),
    ]


@pytest.fixture(scope="module")
def manifest(built_sample) -> dict:
    return json.loads((built_sample.folder / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def built(built_sample) -> dict[tuple[str, str], set[str]]:
    """Return the columns of every table and view in the working file."""
    columns = built_sample.query(
        "select table_schema, table_name, column_name from information_schema.columns"
        " where table_catalog = 'warehouse'",
        built_sample.working,
    )
    tables: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in columns:
        tables.setdefault((schema, table), set()).add(column)
    return tables


def test_features_are_known_at_the_moment_their_model_serves(manifest):
    assert known_too_late(manifest) == []


def test_no_features_model_reads_what_tells_the_outcome(manifest):
    assert leaks(manifest) == []


def test_identifiers_and_row_order_are_no_features(manifest):
    assert identifiers_as_features(manifest) == []


def test_every_features_model_is_built_as_declared(manifest, built):
    assert undeclared(manifest, built) == []


def test_staging_reads_no_personal_data(manifest):
    assert personal_data_read(manifest) == []


def test_no_table_behind_the_raw_ones_has_personal_data(manifest, built):
    assert personal_data_built(manifest, built) == []


def test_raw_files_with_personal_data_declare_it(manifest):
    declared = personal_columns(manifest)

    assert "surname" in declared["churn"]
    assert {"address", "latitude", "longitude", "card_number", "cvv"} <= declared["transactions"]


def test_no_test_repeats_a_constraint(manifest):
    assert repeated_checks(manifest) == []


def test_every_model_has_a_key(manifest):
    assert without_a_key(manifest) == []


def test_features_read_no_staging(manifest):
    assert read_too_early(manifest) == []


def test_age_gender_and_country_decide_about_no_offer(manifest):
    assert decides_unasked(manifest) == []


def test_a_build_stays_within_its_budget_of_steps(manifest):
    """Each step costs 13 ms before any work."""
    steps = [n for n in manifest["nodes"].values() if n["resource_type"] not in ("analysis", "operation")]

    assert len(steps) + len(manifest["unit_tests"]) < 600


def test_only_public_models_are_published_each_with_its_comments(built_sample):
    tables = built_sample.query(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = current_database()"
    )
    assert {schema for schema, _, _ in tables} == {
        "campaigns",
        "transactions",
        "sales",
        "churn",
        "evaluation",
        "operations",
    }
    assert all(comment for _, _, comment in tables)
    bare = built_sample.query(
        "select table_name, column_name from duckdb_columns()"
        " where database_name = current_database() and coalesce(comment, '') = ''"
    )
    assert bare == []


# Each rule bites: what it is there for, put into the manifest, is found.


@pytest.fixture
def spoilt(manifest) -> dict:
    return deepcopy(manifest)


@pytest.fixture
def features(spoilt) -> dict:
    return spoilt["nodes"]["model.bank_marketing.features_conversion_before_contact"]


def new_column(**meta) -> dict:
    return {"config": {"meta": meta}}


@pytest.mark.parametrize("known_at", ["in_campaign", "outcome", "some_day", None])
def test_late_feature_is_found(spoilt, features, known_at):
    features["columns"]["visits"] = new_column(known_at=known_at)

    assert "features_conversion_before_contact.visits" in known_too_late(spoilt)[0]


def test_late_feature_that_claims_to_be_early_is_found(spoilt, features):
    features["columns"]["website_visits"] = new_column(known_at="before_contact")

    assert "website_visits is known at ['in_campaign']" in known_too_late(spoilt)[0]


def test_features_model_without_a_moment_is_found(spoilt, features):
    features["config"]["meta"] = {}

    assert "meta.moment is None" in known_too_late(spoilt)[0]


def test_leak_is_found_even_under_another_name(spoilt, features):
    features["fqn"][1] = "churn"
    features["raw_code"] += "select has_complained as mood from customers"

    assert leaks(spoilt) == [
        "features_conversion_before_contact reads has_complained, which tells the outcome"
    ]


def test_leak_in_a_comment_is_none(spoilt, features):
    features["fqn"][1] = "churn"
    features["raw_code"] += "-- has_complained tells the outcome"

    assert leaks(spoilt) == []


@pytest.mark.parametrize("name", ["card_id", "source_line"])
def test_identifier_without_a_role_is_found(spoilt, features, name):
    features["columns"][name] = new_column(known_at="before_contact")

    assert f".{name} is no feature" in identifiers_as_features(spoilt)[0]


def test_undeclared_feature_is_found(spoilt, features, built):
    del features["columns"]["age_years"]

    assert "['age_years']" in undeclared(spoilt, built)[0]


def test_personal_data_under_another_name_is_found(spoilt):
    staging = spoilt["nodes"]["model.bank_marketing.stg_churn__customers"]
    staging["raw_code"] = staging["raw_code"].replace("customerid as", "surname as family, customerid as")

    assert personal_data_read(spoilt) == [
        "stg_churn__customers reads surname, which is personal data and must stop here"
    ]


def test_personal_data_in_a_table_is_found(manifest, built):
    spoilt = {**built, ("churn", "churn_customers"): {"customer_id", "sur_name"}}

    assert personal_data_built(manifest, spoilt) == [
        "churn.churn_customers.sur_name is called like personal data"
    ]


@pytest.fixture
def key_test(spoilt) -> dict:
    (test,) = [
        node
        for node in spoilt["nodes"].values()
        if node.get("attached_node") == "model.bank_marketing.churn_customers"
        and node["test_metadata"]["name"] == "keys_hold"
    ]
    return test


def test_test_that_repeats_a_constraint_is_found(spoilt, key_test):
    key_test["test_metadata"]["kwargs"]["not_null"] = ["has_exited"]

    assert repeated_checks(spoilt) == ["churn_customers.has_exited needs no test: no null is written"]


def test_test_that_repeats_what_the_loader_checks_is_found(spoilt, key_test):
    key_test["attached_node"] = "seed.bank_marketing.campaign_types"
    key_test["test_metadata"]["kwargs"]["key"] = ["campaign_type"]

    assert "campaign_types: the loader refuses repeated keys" in repeated_checks(spoilt)


def test_separate_test_of_a_key_is_found(spoilt, key_test):
    key_test["test_metadata"] = {"name": "unique", "kwargs": {"column_name": "customer_id"}}

    assert repeated_checks(spoilt) == ["churn_customers: unique is a part of keys_hold"]


def test_model_without_a_key_is_found(spoilt, key_test):
    key_test["test_metadata"]["kwargs"]["key"] = []

    assert without_a_key(spoilt) == ["churn_customers"]


@pytest.mark.parametrize(
    "parent", ["model.bank_marketing.stg_campaigns__responses", "seed.bank_marketing.raw_cards"]
)
def test_features_that_read_staging_are_found(spoilt, features, parent):
    features["depends_on"]["nodes"].append(parent)

    assert "features_conversion_before_contact reads" in read_too_early(spoilt)[0]


def test_a_trait_that_decides_or_is_said_unasked_is_found(spoilt):
    columns = spoilt["nodes"]["model.bank_marketing.features_preferences"]["columns"]
    columns["credit_cards_opened"] = new_column(known_at="before_month", may_decide=False, may_be_said=False)
    columns["gender"] = new_column(known_at="before_month")
    spoilt["nodes"]["model.bank_marketing.int_offer_reasons"]["raw_code"] += " age_years"
    spoilt["nodes"]["model.bank_marketing.int_offer_eligibility"]["raw_code"] += " gender"

    assert decides_unasked(spoilt) == [
        "gender: may_decide or may_be_said is missing",
        "a candidate sees credit_cards_opened",
        "a reason names age_years",
        "a rule reads gender",
    ]
