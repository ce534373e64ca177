"""The generators of the synthetic sample, a file or more for each domain."""
