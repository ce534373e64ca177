"""What requests may hold: strict types, and no number or text without bounds."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bank_marketing.service.deciding import Ask
from bank_marketing.service.outcomes import Report

Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
Money = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Channel = Annotated[str, Field(min_length=1, max_length=100)]
DecisionId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0b5f2c8e4d1a49f7a3c60d5e7b9f1a2c"])]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Context(_Strict):
    """What is known of a customer whom the published file doesn't have; null for what isn't."""

    age_years: Annotated[float | None, Field(ge=0, le=150, allow_inf_nan=False)] = None
    income_usd: Money | None = None
    loyalty_points: Annotated[float | None, Field(ge=0, le=1e9, allow_inf_nan=False)] = None
    previous_purchases: Annotated[float | None, Field(ge=0, le=1e6, allow_inf_nan=False)] = None


class DecisionRequest(_Strict):
    """Whom to decide for, and by which channels they can be reached now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"population": "campaign_customers", "customer_id": 20001, "idempotency_key": "visit-77"},
                {"population": "campaign_customers", "context": {"age_years": 41, "income_usd": 52000}},
            ]
        }
    )

    population: Literal["campaign_customers"]
    customer_id: Number | None = None
    context: Context | None = None
    channels: Annotated[list[Channel], Field(max_length=50)] | None = Field(
        None, description="Channels that can be used now; all by default."
    )
    idempotency_key: Annotated[str, Field(pattern="^[!-~]{1,200}$")] | None = Field(
        None, description="A request that is sent again with its key gets the decision of the first."
    )

    @model_validator(mode="after")
    def _is_about_somebody(self) -> Self:
        if self.customer_id is None and self.context is None:
            raise ValueError("expected customer_id or context")
        return self

    def ask(self) -> Ask:
        """Return what the desk takes."""
        return Ask(
            self.customer_id,
            self.context.model_dump() if self.context else {},
            None if self.channels is None else frozenset(self.channels),
            self.idempotency_key,
        )


class OutcomeRequest(_Strict):
    """What came of a decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision_id": "0b5f2c8e4d1a49f7a3c60d5e7b9f1a2c",
                    "has_converted": True,
                    "value_usd": 8000.0,
                }
            ]
        }
    )

    decision_id: DecisionId
    has_converted: bool | None = Field(None, description="Whether the customer converted.")
    event: Literal["not_delivered", "unsubscribed", "complained"] | None = Field(
        None, description="What else happened; unsubscribed and complained withdraw permission at once."
    )
    value_usd: Money | None = Field(None, description="What a conversion brought.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.has_converted is None) == (self.event is None):
            raise ValueError("expected either has_converted or event")
        if self.value_usd is not None and not self.has_converted:
            raise ValueError("value_usd belongs to a conversion")
        return self

    def report(self) -> Report:
        """Return what the desk takes."""
        happened = self.event or ("converted" if self.has_converted else "declined")
        return Report(self.decision_id, happened, self.value_usd)
