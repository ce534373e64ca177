"""Decisions, outcomes, and what was learned of them."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "decisions",
        sa.Column("position", NUMBER, nullable=False, comment="Order of the log."),
        sa.Column("decision_id", sa.String(32), nullable=False),
        sa.Column("idempotency_key", sa.String(200), comment="Decides once, however often it is sent."),
        sa.Column("population", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.BigInteger, comment="Null if only traits were known."),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("campaign_type", sa.String(100), comment="Null: no contact."),
        sa.Column("campaign_channel", sa.String(100), comment="Null: no contact."),
        sa.Column(
            "probability", sa.Float, nullable=False, comment="Chance that the policy had of choosing this."
        ),
        sa.Column("expected_profit_usd", sa.Float, nullable=False),
        sa.Column("expected_profit_usd_low", sa.Float, nullable=False),
        sa.Column("expected_profit_usd_high", sa.Float, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("candidates", sa.JSON, nullable=False, comment="Every candidate, and where it fell."),
        sa.Column(
            "traits", sa.JSON, nullable=False, comment="What the policy saw; outcomes are learned with it."
        ),
        sa.Column("publication", sa.BigInteger, nullable=False),
        sa.Column("policy", sa.String(100), nullable=False),
        sa.Column("model_version", sa.BigInteger, nullable=False),
        sa.Column("rules_version", sa.String(16), nullable=False),
        sa.Column(
            "learned_through", sa.BigInteger, nullable=False, comment="Position of the newest outcome known."
        ),
        sa.Column("answer_until", sa.DateTime, comment="Silence until then is a no; null without a contact."),
        sa.Column("correction_until", sa.DateTime, comment="A conversion until then corrects it."),
        sa.PrimaryKeyConstraint("position", name="pk_decisions"),
        sa.UniqueConstraint("decision_id", name="uq_decisions_decision_id"),
        sa.UniqueConstraint("idempotency_key", name="uq_decisions_idempotency_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_customer_id_decided_at", "decisions", ["customer_id", "decided_at"])
    op.create_index("ix_decisions_answer_until", "decisions", ["answer_until"])
    op.create_table(
        "outcomes",
        sa.Column("position", NUMBER, nullable=False, comment="Order of the log, and of learning."),
        sa.Column("decision_id", sa.String(32), nullable=False),
        sa.Column(
            "place",
            sa.String(12),
            nullable=False,
            comment="answer, correction, withdrawal or complaint: one of each.",
        ),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("value_usd", sa.Float),
        sa.Column("customer_id", sa.BigInteger),
        sa.Column("campaign_channel", sa.String(100), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_outcomes"),
        sa.UniqueConstraint("decision_id", "place", name="uq_outcomes_decision_id_place"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outcomes_customer_id_place", "outcomes", ["customer_id", "place"])
    op.create_table(
        "learned",
        sa.Column(
            "start", sa.String(64), nullable=False, comment="Digest of what was believed before any outcome."
        ),
        sa.Column("position", sa.BigInteger, nullable=False, comment="Newest outcome of the log in it."),
        sa.Column("outcomes", sa.JSON, nullable=False, comment="Outcomes learned from, by arm."),
        sa.Column(
            "state", sa.LargeBinary, nullable=False, comment="Mode and root of the covariance, 64 bits each."
        ),
        sa.PrimaryKeyConstraint("start", name="pk_learned"),
    )
