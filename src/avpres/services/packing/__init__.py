"""Making and opening packages: what every command does that has to do with them.

A package is built in a stage beside its final place (`stage`), its files are kept in a table
(`shelf`), described (`describing`), and written about (`building`); it appears by one rename
(`publishing`). `opening` reads a package of ours back, with all that is known of its files.
"""
