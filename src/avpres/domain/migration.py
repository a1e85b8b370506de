"""Words of a migration: what a file is before it, what becomes of it, and why not."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one source; the source itself is always kept."""

    OK = "ok"  # migrated, and every sample or byte was proved
    KEPT = "kept"  # the policy leaves it as it is
    REFUSED = "refused"  # its class cannot be migrated exactly, or it is damaged
    FAILED = "failed"  # a program, the disk or a limit stood in the way; try again
    QA_FAILED = "qa-failed"  # the target is not what the source held; it is put aside


class Reason(StrEnum):
    """Why a file was not migrated. The codes are fixed: scripts and statistics hold them."""

    FRAMES = "too-many-frames"
    ARITHMETIC = "arithmetic-jpeg"
    BITS = "bits>16"
    CHANNELS = "too-many-channels"
    CHARSET_UNKNOWN = "charset-unknown"
    CMYK = "cmyk"
    COMPLEX = "complex"
    COMPRESSED = "compressed-sound"
    CRASH = "crash"
    DAMAGED = "damaged"
    DEFECT = "defect"
    DECODER_ERROR = "decoder-error"
    DECODERS_DISAGREE = "decoders-disagree"
    EMPTY = "empty"
    ENCODER_ERROR = "encoder-error"
    FLOAT = "float"
    ICC_DAMAGED = "icc-damaged"
    ICC_NOT_RESTRICTED = "icc-not-restricted"
    ICC_SPACE_MISMATCH = "icc-space-mismatch"
    LAB = "lab"
    LOSSLESS_JPEG = "lossless-jpeg"
    MEMORY = "memory"
    METADATA_LOST = "metadata-lost"
    MULTI_ALPHA = "multi-alpha"
    NAME_TAKEN = "name-taken"
    NOT_REVERSIBLE = "not-reversible"
    OLD_JPEG = "old-jpeg"
    PALETTE = "palette>1024"
    POLICY = "policy"
    QA_DIFFERENCE = "qa-difference"
    QA_STRUCTURE = "qa-structure"
    RAW_CAMERA = "raw-camera"
    SECOND_DECODER_ERROR = "second-decoder-error"
    SIGNED = "signed"
    STORAGE = "storage"
    TIME = "time"
    TOO_LARGE = "too-large"
    UNDEFINED_COLOUR = "undefined-colour"
    UNKNOWN_FORMAT = "unknown-format"
    UNREADABLE = "unreadable"
    YCBCR = "ycbcr"
    YCCK = "ycck"


SENTENCES: dict[Reason, str] = {
    Reason.FRAMES: "it holds more frames or pages than the policy allows",
    Reason.ARITHMETIC: "its arithmetic coding is decoded by too few programs to be proved",
    Reason.BITS: "its samples have more bits than the target holds without loss",
    Reason.CHANNELS: "it has more channels than the target holds",
    Reason.CHARSET_UNKNOWN: "its bytes alone do not tell which charset it is in",
    Reason.CMYK: "it is CMYK, for which the target has no place; keep it, or send it to TIFF",
    Reason.COMPLEX: "its samples are complex numbers, which the target does not hold",
    Reason.COMPRESSED: "its sound is compressed already, and is not coded again",
    Reason.CRASH: "the process that worked on it ended; the file may be hostile",
    Reason.DAMAGED: "it is damaged or cut short",
    Reason.DEFECT: "a defect in avpres stands in the way of it; please report that",
    Reason.DECODER_ERROR: "it cannot be decoded",
    Reason.DECODERS_DISAGREE: "two decoders read different samples from it",
    Reason.EMPTY: "it is empty",
    Reason.ENCODER_ERROR: "the encoder did not accept it",
    Reason.FLOAT: "its samples are floating point, which the target does not hold",
    Reason.ICC_DAMAGED: "its ICC profile is damaged",
    Reason.ICC_NOT_RESTRICTED: "its ICC profile is not of the restricted kind that JP2 holds",
    Reason.ICC_SPACE_MISMATCH: "its ICC profile is for another colour space than its samples",
    Reason.LAB: "it is CIELAB, for which the target has no place; keep it, or send it to TIFF",
    Reason.LOSSLESS_JPEG: "its coding (lossless JPEG) is read by too few decoders to be proved",
    Reason.MEMORY: "it needs more memory than a worker may have",
    Reason.METADATA_LOST: "metadata that it holds has no place in the target",
    Reason.MULTI_ALPHA: "it holds more than one channel of opacity, or extra channels",
    Reason.NAME_TAKEN: "something else already has the name of its target",
    Reason.NOT_REVERSIBLE: "its bytes do not come back from the target",
    Reason.OLD_JPEG: "it is old-style JPEG in TIFF, which decoders read differently",
    Reason.PALETTE: "its palette holds more entries than JP2 allows (1,024)",
    Reason.POLICY: "the policy refuses its class",
    Reason.QA_DIFFERENCE: "what was decoded from the target is not what the source holds",
    Reason.QA_STRUCTURE: "the target is not formed as the policy demands",
    Reason.RAW_CAMERA: "it holds raw samples of a camera",
    Reason.SECOND_DECODER_ERROR: "a second decoder cannot read it",
    Reason.SIGNED: "its samples are signed",
    Reason.STORAGE: "it could not be written",
    Reason.TIME: "it took longer than a file may",
    Reason.TOO_LARGE: "it has more pixels than the policy allows",
    Reason.UNDEFINED_COLOUR: "it does not tell what colour its samples are",
    Reason.UNKNOWN_FORMAT: "its format is not one that can be migrated",
    Reason.UNREADABLE: "it cannot be read",
    Reason.YCBCR: "its samples are YCbCr in a form that the target does not hold",
    Reason.YCCK: "it is YCCK, for which the target has no place; keep it",
}
"""One sentence for each reason, said after the path."""


class Unmigratable(Exception):  # noqa: N818 - a word of the field, as UncodableScan is
    """One file cannot be migrated: a fixed reason, and what is particular about this file."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Say why; the detail follows the reason's own sentence."""
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        """Give the sentence for people, without the path."""
        sentence = SENTENCES[self.reason]
        return f"{sentence}: {self.detail}" if self.detail else sentence
