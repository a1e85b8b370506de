"""Comparing what is listed with what is there: the ground of `verify`, `manifest` and `diff`.

Two sides, each a set of manifests or a tree, are put into tables on disk, so that memory does not
grow with their size; the files that need it are read from the medium; each path is then judged.
"""
