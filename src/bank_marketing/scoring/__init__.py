"""`bank-marketing score`: score the customers of a file by the published models.

Steps, one module each: ``reading`` (the file, as the seed loader would load it), ``rendering`` (the project's
own staging and feature models, run over it), ``registry`` (the newest published artefact), ``tasks`` (what
there is to score), ``command`` (words and output).
"""

from bank_marketing.scoring.command import add_arguments, run

__all__ = ["add_arguments", "run"]
