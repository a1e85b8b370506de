"""Whether a source holds what a profile shows, and nothing that the profile would show wrongly."""

from fractions import Fraction

from avpres.domain.access import AccessProfile, Deinterlace, Product
from avpres.domain.exit_codes import ExitCode
from avpres.domain.film import Film, Source
from avpres.services.viewing.findings import RefusedError

WITHOUT_PICTURE = frozenset({Product.SOUND, Product.WAVEFORM})

_PULLED_DOWN = (Fraction(30000, 1001), Fraction(30))
_NEAR = Fraction(1, 100)  # frames a second


def require(source: Source, profile: AccessProfile) -> None:
    """Refuse a source of which the profile makes no copy, or a false one.

    Raises:
        RefusedError: the finding says why, and what to do.
    """
    if profile.product in WITHOUT_PICTURE:
        if not source.sounds:
            raise RefusedError("ACC-NO-SOUND", "holds no sound", ExitCode.NOT_CONFORMANT)
        return
    if source.film is None:
        text = "holds no picture; the profiles aac, mp3 and waveform are for sound"
        raise RefusedError("ACC-NO-PICTURE", text, ExitCode.NOT_CONFORMANT)
    _require_film(source.film, profile)


def _require_film(film: Film, profile: AccessProfile) -> None:
    rate = f"{float(film.rate):.5g}"
    rates = profile.video.rates if profile.video else ()
    if rates and not _is_among(film.rate, rates):
        known = ", ".join(f"{float(each):.5g}" for each in rates)
        text = f"has {rate} frames a second, the profile {profile.name} takes {known}"
        raise RefusedError("ACC-FRAME-RATE", text, ExitCode.NOT_CONFORMANT)
    if profile.frame is not None and film.tags.is_wide:
        text = f"has colours ({film.tags}) that BT.709 cannot hold, and grading is left to people"
        raise RefusedError("ACC-GAMUT", f"{text}; take another profile", ExitCode.NOT_CONFORMANT)
    if profile.deinterlace is Deinterlace.IVTC and not _is_among(film.rate, _PULLED_DOWN):
        text = f"has {rate} frames a second, and 3:2 pulldown is in 29.97; take --deinterlace frame"
        raise RefusedError("ACC-PULLDOWN", text, ExitCode.NOT_CONFORMANT)


def _is_among(rate: Fraction, rates: tuple[Fraction, ...]) -> bool:
    return any(abs(rate - each) < _NEAR for each in rates)
