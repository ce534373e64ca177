"""Methods on plain arrays and frames, whatever they mean."""
