"""Films as RAWcooked makes them: its data by an independent writer, the rest by ffmpeg itself."""

import hashlib
import shutil
import subprocess

import pytest
import rawcooked_like as rawcooked
import scan_maker
from cook_cases import back, messages
from sound_made import aiff, big, chunk, comm, extensible, fmt, hum, ssnd, wave

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.exit_codes import ExitCode
from avpres.domain.sounding import Encoding, SoundArray

WIDTH, HEIGHT, COUNT = 64, 48, 5
CODERS = "-c:v ffv1 -coder 1 -context 1 -g 1 -level 3 -slicecrc 1 -slices 4 -c:a"
S16 = SoundArray(2, 16, 16, Encoding.SIGNED, False)
S24 = SoundArray(6, 24, 24, Encoding.SIGNED, False)
S16_BIG = SoundArray(2, 16, 16, Encoding.SIGNED, True)
U8 = SoundArray(1, 8, 8, Encoding.UNSIGNED, False)


def scans(form, *, width=WIDTH, **options):
    """Give the bytes of frames, and the same with no padding, to take the difference."""
    maker = scan_maker.dpx if form == "dpx" else scan_maker.tiff
    if form == "tif":
        return [maker(width, HEIGHT, seed=n, **options) for n in range(1, COUNT + 1)]
    options = {"padding": 0, **options}
    return [maker(width, HEIGHT, number=n, seed=n, **options) for n in range(1, COUNT + 1)]


def pictures(form, start, size, **options):
    """Make a track of frames: names with contents, and what RAWcooked keeps of each."""
    files = scans(form, **options)
    clean = scans(form, **{**options, "padding": 0}) if "padding" in options else files
    kept = []
    for number, (content, plain) in enumerate(zip(files, clean, strict=True), 1):
        samples = slice(start, start + size)
        mask = bytes(a ^ b for a, b in zip(content[samples], plain[samples], strict=True))
        kept.append(
            {
                "name": b"reel/scan_%05d.%s" % (number, form.encode()),
                "before": content[:start],
                "after": content[start + size :],
                "in": mask if any(mask) else b"",
                "md5": hashlib.md5(content, usedforsecurity=False).digest(),
                **({} if form == "dpx" else {"size": len(content)}),
            }
        )
    return dict(zip((each["name"] for each in kept), files, strict=True)), kept


def sound(name, content, samples):
    at = content.index(samples)
    kept = {
        "name": name,
        "before": content[:at],
        "after": content[at + len(samples) :],
        "md5": hashlib.md5(content, usedforsecurity=False).digest(),
    }
    return {name: content}, kept


def muxed(tmp, files, kept, *, codec="flac", data_at=1, sidecar=None, by=b"21.09", listed=True):
    """Let ffmpeg make the film as RAWcooked asks it to; see its Source/CLI/Output.cpp."""
    for name, content in files.items():
        path = tmp / "source" / name.decode()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    reel = tmp / "source" / "reel"
    words = [find_ffmpeg().path, "-v", "error", "-xerror"]
    inputs = 0
    for each in kept:
        if isinstance(each, list):
            ending = each[0]["name"].rsplit(b".", 1)[1].decode()
            words += ["-framerate", "24", "-start_number", "1", "-i", reel / f"scan_%05d.{ending}"]
        else:
            words += ["-i", tmp / "source" / each["name"].decode()]
        inputs += 1
    for number in range(inputs):
        words += ["-map", str(number)]
    words += [*CODERS.split(), codec]
    parts = [rawcooked.attachment(sidecar)] if sidecar and listed else []
    parts += [rawcooked.sequence(x) if isinstance(x, list) else rawcooked.unique(x) for x in kept]
    attached = [(reel / "notes.txt", "reel/notes.txt")] if sidecar else []
    if data_at == 1:
        (tmp / "data").write_bytes(rawcooked.whole(*parts, by=by))
        attached.append((tmp / "data", "RAWcooked reversibility data"))
    for number, (path, name) in enumerate(attached):
        words += ["-attach", path, f"-metadata:s:t:{number}", "mimetype=application/octet-stream"]
        words += [f"-metadata:s:t:{number}", f"filename={name}"]
    film = tmp / "reel.mkv"
    subprocess.run([*words, "-f", "matroska", film], check=True, stdin=subprocess.DEVNULL)
    if data_at == 2:
        with film.open("ab") as handle:
            handle.write(rawcooked.whole(*parts, version=2))
    return film


def restored(tmp, film):
    report = back(tmp, film)
    assert report.exit_code is ExitCode.OK, report.findings
    [top] = [path.parent for path in (tmp / "back").rglob("reel") if path.is_dir()]
    return {
        str(path.relative_to(top)).encode(): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and "reel" in path.relative_to(top).parts[:1]
    }


def samples_of(bits):
    """Bytes of a picture of DPX: rows of whole words of 32 bits."""
    return {
        "8": WIDTH * 3 * HEIGHT,
        "10 filled": WIDTH * 4 * HEIGHT,
        "12 filled": WIDTH * 6 * HEIGHT,
        "12 packed": WIDTH * 36 // 8 * HEIGHT,
        "16": WIDTH * 6 * HEIGHT,
    }[bits]


FORMS = {
    "8": {"bits": 8, "packing": scan_maker.PACKED},
    "10 filled": {"bits": 10},
    "12 filled": {"bits": 12},
    "12 packed": {"bits": 12, "packing": scan_maker.PACKED},
    "16": {"bits": 16, "packing": scan_maker.PACKED},
}


ORDERS = [(bits, order) for bits in FORMS for order in "<>" if (bits, order) != ("12 packed", "<")]


@pytest.mark.parametrize(("bits", "order"), ORDERS)
def test_frames_of_dpx_come_back(bits, order, tmp_path):
    form = {**FORMS[bits], "order": order, "trailer": b"more"}
    files, kept = pictures("dpx", 2048, samples_of(bits), **form)
    film = muxed(tmp_path, files, [kept])
    assert restored(tmp_path, film) == files


@pytest.mark.parametrize(("bits", "order"), [(8, "<"), (16, "<"), (16, ">")])
def test_frames_of_tiff_whose_directory_stands_behind_come_back(bits, order, tmp_path):
    size = WIDTH * HEIGHT * 3 * bits // 8
    files, kept = pictures("tif", 8, size, bits=bits, order=order)
    assert kept[0]["after"]
    film = muxed(tmp_path, files, [kept])
    assert restored(tmp_path, film) == files


@pytest.mark.parametrize("place", [1, 2])
def test_padding_sound_and_sidecars_come_back_from_both_places(place, tmp_path):
    files, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10, padding=-1)
    assert kept[0]["in"]
    samples = hum(S16, 10_000)
    content = wave(chunk(b"fmt ", fmt()), chunk(b"data", samples), chunk(b"LIST", b"INFOabc"))
    more, heard = sound(b"reel/sound.wav", content, samples)
    notes = b"notes\n"
    md5 = hashlib.md5(notes, usedforsecurity=False).digest()
    sidecar = {"name": b"reel/notes.txt", "md5": md5, "size": len(notes)}
    files |= more | {b"reel/notes.txt": notes}
    film = muxed(tmp_path, files, [kept, heard], data_at=place, sidecar=sidecar)
    assert restored(tmp_path, film) == files


SOUNDS = {
    "8 bits": (
        U8,
        "wav",
        lambda data: wave(chunk(b"fmt ", fmt(1, 1, bits=8)), chunk(b"data", data)),
    ),
    "24 bits": (
        S24,
        "wav",
        lambda data: wave(chunk(b"fmt ", extensible(channels=6, mask=0x3F)), chunk(b"data", data)),
    ),
    "AIFF": (S16_BIG, "aiff", lambda data: aiff(big(b"COMM", comm(frames=9000)), ssnd(data))),
}


@pytest.mark.parametrize("codec", ["flac", "copy"])
@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_come_back(name, codec, tmp_path):
    array, ending, made = SOUNDS[name]
    samples = hum(array, 9_000)
    files, heard = sound(b"reel/sound." + ending.encode(), made(samples), samples)
    pixels, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10)
    film = muxed(tmp_path, files | pixels, [kept, heard], codec=codec)
    assert restored(tmp_path, film) == files | pixels


def test_rows_that_end_within_a_word_come_back(tmp_path):
    """RAWcooked 21.09 took them as they were, and says nowhere how long the file was."""
    options = {"bits": 8, "packing": scan_maker.PACKED, "row_end": 1, "width": 50}
    files, kept = pictures("dpx", 2048, 50 * 3 * HEIGHT, **options, trailer=b"more")
    film = muxed(tmp_path, files, [kept])
    assert restored(tmp_path, film) == files


@pytest.mark.parametrize(("by", "count"), [(b"18.10", 1), (b"18.10.1.20200219", 0)])
def test_sidecars_that_old_versions_did_not_list_come_back(by, count, tmp_path):
    files, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10)
    notes = {b"reel/notes.txt": b"notes\n"}
    film = muxed(tmp_path, files | notes, [kept], sidecar={"name": b""}, by=by, listed=False)
    found = restored(tmp_path, film)
    assert found == (files | notes if count else files)


def note(content):
    md5 = hashlib.md5(content, usedforsecurity=False).digest()
    return {"name": b"reel/notes.txt", "md5": md5, "size": len(content)}


EDITS = {
    "title": ["--edit", "info", "--set", "title=" + "a reel " * 200],
    "tracks": ["--edit", "track:v1", "--set", "name=reel", "--set", "track-uid=77"],
    "statistics": ["--add-track-statistics-tags"],
    "number": ["--attachment-uid", "42", "--update-attachment", "name:reel/notes.txt"],
    "name": [
        "--attachment-name",
        "data",
        "--update-attachment",
        "name:RAWcooked reversibility data",
    ],
}


@pytest.mark.skipif(not shutil.which("mkvpropedit"), reason="no MKVToolNix here")
@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("edit", EDITS)
def test_what_mkvpropedit_edited_comes_back(edit, place, tmp_path):
    if (edit, place) == ("name", 2):
        return
    files, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10)
    files[b"reel/notes.txt"] = b"notes\n"
    film = muxed(tmp_path, files, [kept], data_at=place, sidecar=note(b"notes\n"))
    edited = subprocess.run(["mkvpropedit", "-q", film, *EDITS[edit]], check=False)
    assert edited.returncode < 2  # 1: it warns of what stands behind the segment
    assert restored(tmp_path, film) == files


@pytest.mark.skipif(not shutil.which("mkvmerge"), reason="no MKVToolNix here")
@pytest.mark.parametrize("options", [[], ["--engage", "no_simpleblocks"]])
def test_what_mkvmerge_wrote_anew_comes_back(options, tmp_path):
    files, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10)
    files[b"reel/notes.txt"] = b"notes\n"
    film = muxed(tmp_path, files, [kept], sidecar=note(b"notes\n"))
    subprocess.run(["mkvmerge", "-q", "-o", tmp_path / "new.mkv", *options, film], check=True)
    assert restored(tmp_path, tmp_path / "new.mkv") == files


@pytest.mark.skipif(not shutil.which("mkvmerge"), reason="no MKVToolNix here")
def test_of_attachments_of_one_name_the_digest_tells_or_none_is_taken(tmp_path):
    for is_hashed in (True, False):
        place = tmp_path / str(is_hashed)
        files, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10)
        files[b"reel/notes.txt"] = b"of reel 2\n"
        known = note(files[b"reel/notes.txt"])
        if not is_hashed:
            del known["md5"]
        film = muxed(place, files, [kept], sidecar=known)
        (place / "1").mkdir()
        (place / "1/notes.txt").write_bytes(b"of reel 1\n")
        words = ["mkvmerge", "-q", "-o", place / "new.mkv", "--no-attachments", film]
        words += ["--attachment-name", "RAWcooked reversibility data"]
        words += ["--attach-file", place / "data", "--attach-file", place / "1/notes.txt"]
        words += ["--attach-file", place / "source/reel/notes.txt"]
        subprocess.run(words, check=True)
        if is_hashed:
            assert restored(place, place / "new.mkv") == files
            continue
        report = back(place, place / "new.mkv")
        assert "several attachments may be it" in messages(report, "UNC-LOST")
        assert not list((place / "back").rglob("notes.txt"))


def test_names_of_a_reel_that_was_the_working_folder_come_back(tmp_path):
    files, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10)
    for each in kept:
        each["name"] = each["name"].replace(b"reel/", b"./")
    film = muxed(tmp_path, files, [kept])
    assert back(tmp_path, film).exit_code is ExitCode.OK
    found = {path.name: path.read_bytes() for path in (tmp_path / "back").glob("*.dpx")}
    assert found == {name.decode().removeprefix("reel/"): files[name] for name in files}
