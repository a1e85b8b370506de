"""What workers need, imported once by the process that they are forked from."""

from importlib import import_module

_CODECS = ("_jpeg8", "_jpeg2k", "_jpegxl", "_tiff", "_imcd", "_lzw", "_deflate", "_shared")
MODULES = (
    "numpy",
    "PIL.Image",
    "av",
    "jpylyzer.jpylyzer",
    *(f"imagecodecs.{name}" for name in _CODECS),
    "avpres.adapters.identification.migrants",
    "avpres.adapters.migrating.making",
    "avpres.adapters.migrating.pictures",
    "avpres.adapters.migrating.others",
    "avpres.adapters.jp2.make",
)

for _name in MODULES:
    try:
        import_module(_name)
    except ModuleNotFoundError as error:  # whoever needs it says so better, file by file
        if not (error.name or "").startswith(("imagecodecs.", "av", "jpylyzer")):
            raise
