"""Routes, a module for each group with its ROUTER."""
