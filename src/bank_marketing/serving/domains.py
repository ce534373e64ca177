"""What a domain needs, to be said where a published file lacks it as a whole."""

# By domain what it is about, and the files without which it isn't built.
FILES = {
    "campaigns": ("campaigns", ("digital_marketing_campaign_dataset.csv",)),
    "transactions": (
        "card transactions",
        ("users_data.csv", "cards_data.csv", "mcc_codes.json", "transactions_data.csv"),
    ),
    "sales": (
        "sales",
        (
            "CustomersData.xlsx",
            "Discount_Coupon.csv",
            "Marketing_Spend.csv",
            "Online_Sales.csv",
            "Tax_amount.xlsx",
        ),
    ),
    "churn": ("bank churn", ("Customer-Churn-Records.csv",)),
}


def is_lacking(domain: str) -> str:
    """Say that a published file holds nothing of a domain, and what to do."""
    what, files = FILES[domain]
    return (
        f"This file holds no {what}: bring in {', '.join(files)} by bank-marketing import-kaggle,"
        " or an export of your own by bank-marketing import, then make build."
    )
