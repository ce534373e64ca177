"""The dashboard: pages for people, from the published file alone.

``app`` (HTTP), ``access`` (who may look), ``page`` (what a page is), ``asked`` (the query string),
``figures`` and ``charts`` (drawn to SVG once a publication), ``tables``, ``cards``, ``words`` (figures for
people), ``limits`` and ``evidence`` (how good, how sure), ``rendering``, ``templates``, ``static``.

A page is two files and a line: ``pages/NAME.py`` with its questions in SQL, each a pure function from an
opened publication and the query string to a figure, a table or cards; ``templates/NAME.html``, which says
where they stand; and its module in ``pages.MODULES``. A chart of a new kind is a function in ``charts``.
"""
