"""Churn customers: who leaves, and when."""
