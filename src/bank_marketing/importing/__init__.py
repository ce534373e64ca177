"""`bank-marketing import-kaggle`: Kaggle's files, as downloaded, into the seed folder under canonical names.

Steps, one module each: ``finding`` (which files are there), ``recognising`` (which raw file each is),
``preparing`` (read, convert, link), ``placing`` (into the seed folder, all or nothing), ``command``
(words and table).
"""
