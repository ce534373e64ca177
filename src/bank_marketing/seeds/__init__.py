"""Raw files as seeds: their formats, encodings, line counts and row checks."""
