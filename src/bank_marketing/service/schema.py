"""The log of decisions: its tables. `migrations` brings a database to them; a test holds both together."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite numbers rows only of a column that is an INTEGER.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

# Moments are UTC without a zone.
DECISIONS = Table(
    "decisions",
    METADATA,
    Column("position", NUMBER, primary_key=True, comment="Order of the log."),
    Column("decision_id", String(32), nullable=False, unique=True),
    Column("idempotency_key", String(200), unique=True, comment="Decides once, however often it is sent."),
    Column("population", String(40), nullable=False),
    Column("customer_id", BigInteger, comment="Null if only traits were known."),
    Column("decided_at", DateTime, nullable=False),
    Column("campaign_type", String(100), comment="Null: no contact."),
    Column("campaign_channel", String(100), comment="Null: no contact."),
    Column("probability", Float, nullable=False, comment="Chance that the policy had of choosing this."),
    Column("expected_profit_usd", Float, nullable=False),
    Column("expected_profit_usd_low", Float, nullable=False),
    Column("expected_profit_usd_high", Float, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("candidates", JSON, nullable=False, comment="Every candidate, and where it fell."),
    Column("traits", JSON, nullable=False, comment="What the policy saw; outcomes are learned with it."),
    Column("publication", BigInteger, nullable=False),
    Column("policy", String(100), nullable=False),
    Column("model_version", BigInteger, nullable=False),
    Column("rules_version", String(16), nullable=False),
    Column("learned_through", BigInteger, nullable=False, comment="Position of the newest outcome known."),
    Column("answer_until", DateTime, comment="Silence until then is a no; null without a contact."),
    Column("correction_until", DateTime, comment="A conversion until then corrects it."),
    Index(None, "customer_id", "decided_at"),
    Index(None, "answer_until"),
    sqlite_autoincrement=True,
)

OUTCOMES = Table(
    "outcomes",
    METADATA,
    Column("position", NUMBER, primary_key=True, comment="Order of the log, and of learning."),
    Column("decision_id", String(32), nullable=False),
    Column(
        "place",
        String(12),
        nullable=False,
        comment="answer, correction, withdrawal or complaint: one of each.",
    ),
    Column("outcome", String(20), nullable=False),
    Column("value_usd", Float),
    Column("customer_id", BigInteger),
    Column("campaign_channel", String(100), nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    UniqueConstraint("decision_id", "place"),
    Index(None, "customer_id", "place"),
    sqlite_autoincrement=True,
)

LEARNED = Table(
    "learned",
    METADATA,
    Column("start", String(64), primary_key=True, comment="Digest of what was believed before any outcome."),
    Column("position", BigInteger, nullable=False, comment="Newest outcome of the log in it."),
    Column("outcomes", JSON, nullable=False, comment="Outcomes learned from, by arm."),
    Column("state", LargeBinary, nullable=False, comment="Mode and root of the covariance, 64 bits each."),
)
