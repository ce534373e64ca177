"""From any file to a canonical raw file, for `bank-marketing import-kaggle` and `bank-marketing import`.

Steps: ``finding`` (which files are there), ``opening`` and ``recognising`` (where its table is, and which raw
file), ``tables`` (open it as rows of text), ``deciding`` (how each column is written: inferred, where no
``mapping`` says it), ``filling`` (convert each different value once, write rows by one copy), ``preparing``
(all of these, and the loader's own checks), ``placing`` (into the seed folder, all or nothing).
"""
