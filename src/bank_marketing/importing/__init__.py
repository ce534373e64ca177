"""`bank-marketing import-kaggle`: Kaggle's files, as downloaded, into the seed folder under canonical names.

Steps, one module each: ``finding`` (which files are there), ``recognising`` (which raw file each is),
``preparing`` (read, convert, link), ``placing`` (into the seed folder, all or nothing), ``command``
(words and table).
"""

from bank_marketing.importing.command import add_arguments, import_files, run
from bank_marketing.importing.placing import domains_with_files, lay_stand_ins

__all__ = ["add_arguments", "domains_with_files", "import_files", "lay_stand_ins", "run"]
