"""Tasks and their fits: when to fit, what a fitted version leaves, and how it is read again."""

from bank_marketing.fitting.fits import earlier_fits, fit_if_changed, latest_artefact

__all__ = ["earlier_fits", "fit_if_changed", "latest_artefact"]
