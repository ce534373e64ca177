"""Segments of customers: how they are found, named, described and told apart, for every domain."""
