"""Retail customers: who buys what, what it earns and what marketing adds."""
