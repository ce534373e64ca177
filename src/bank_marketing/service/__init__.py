"""The decision service: which campaign a customer gets now, remembered and learned from.

``schema``, ``statements`` and ``store`` (the log), ``history`` (of customers in it), ``writer`` (group
commit), ``publication`` (what the published file knows), ``rules``, ``offer``, ``belief`` and ``choosing``
(who may get what there is, what is expected of it, and who gets it), ``deciding`` and ``outcomes`` (what a
request writes), ``learning`` (the posterior in the order of the log), ``app`` and ``routes`` (HTTP).
"""
