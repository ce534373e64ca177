"""Scores of the published models: the published file and this package are all it takes.

``tasks`` (what there is to score), ``published`` (what the published file knows of a model), ``reading`` (the
file, checked as the seed loader checks it), ``command`` (words and output of ``bank-marketing score``).
"""
