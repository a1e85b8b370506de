"""One copy to look at or listen to: decided, made, held against what was wanted.

`access` makes copies of files and folders, `export` of the files of packages; both lean on this.
"""
