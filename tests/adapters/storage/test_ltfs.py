import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.ltfs import TapePosition
from avpres.adapters.storage.volume import MediumKind, volume_of

UUID = "11111111-2222-3333-4444-555555555555"


def mark(place, **attributes):
    for name, value in attributes.items():
        os.setxattr(place, f"user.ltfs.{name}", str(value).encode())


@pytest.fixture
def rehearsal(tmp_path):
    """A folder that carries the attributes of a tape."""
    root = tmp_path / "tape"
    root.mkdir()
    try:
        mark(root, volumeUUID=UUID, softwareProduct="LTFS LE", volumeBlocksize=524288)
    except OSError:
        pytest.skip("no user attributes here")
    return root


def test_a_folder_with_the_attributes_is_a_tape_when_the_user_says_so(rehearsal):
    (rehearsal / "films" / "reel").mkdir(parents=True)

    volume = volume_of(rehearsal / "films" / "reel" / "new.dpx", tape=True)

    assert volume.kind is MediumKind.TAPE
    assert volume.mount == rehearsal
    assert volume.tape_root == rehearsal
    assert volume.identity == f"ltfs:{UUID}"
    assert volume.block_size == 524288


def test_the_outermost_folder_with_the_attributes_is_the_root(rehearsal):
    inner = rehearsal / "films"
    inner.mkdir()
    mark(inner, volumeUUID=UUID)

    assert volume_of(inner, tape=True).tape_root == rehearsal


@pytest.mark.parametrize("tape", [None, False])
def test_such_a_folder_is_no_tape_unless_the_user_says_so(rehearsal, tape):
    assert volume_of(rehearsal, tape=tape).kind is not MediumKind.TAPE


def test_a_tape_tells_of_itself(rehearsal):
    mark(
        rehearsal,
        volumeName="FILM 1",
        mamBarcode="AVP001L8".ljust(32),
        volumeSerial="AVP001",
        mediaDataPartitionTotalCapacity=100,
        mediaDataPartitionAvailableSpace=40,
        indexGeneration=7,
        volumeLockState="0x0",
        mediaLoads=12,
        mediaPermanentReadErrors=-1,
        softwareFormatSpec="2.4.0",
    )

    info = ltfs.tape_info(rehearsal)

    assert info.volume_uuid == UUID
    assert info.volume_name == "FILM 1"
    assert info.barcode == "AVP001L8"
    assert info.serial == "AVP001"
    assert info.generation == "LTO-8"
    assert (info.capacity, info.available) == (100 << 20, 40 << 20)
    assert info.index_generation == 7
    assert info.block_size == 524288
    assert info.counters == {"mediaLoads": 12, "mediaPermanentReadErrors": -1}
    assert ltfs.format_version(rehearsal) == (2, 4)


def test_a_plain_folder_tells_nothing(tmp_path):
    info = ltfs.tape_info(tmp_path)

    assert info.volume_uuid is None
    assert info.index_generation is None
    assert info.counters == {}
    assert not ltfs.is_ltfs(tmp_path)
    assert ltfs.tape_position(tmp_path) is None


@pytest.mark.parametrize(
    ("barcode", "generation"),
    [
        ("AVP001L5", "LTO-5"),
        ("AVP001L9", "LTO-9"),
        ("AVP001M8", "LTO-7 type M"),
        ("AVP001LA", "LTO-10"),
        ("AVP001", None),
        ("not a label", None),
        ("", None),
    ],
)
def test_the_label_tells_the_generation(barcode, generation):
    assert ltfs.generation(barcode) == generation


@pytest.mark.parametrize("by_descriptor", [False, True])
def test_a_file_tells_where_it_begins(rehearsal, by_descriptor):
    path = rehearsal / "a.dpx"
    path.write_bytes(b"x")
    mark(path, volumeUUID=UUID, partition="b", startblock=42)
    with path.open("rb") as file:
        position = ltfs.tape_position(file.fileno() if by_descriptor else path)

    assert position == TapePosition(UUID, "b", 42)


def test_the_known_uuid_spares_a_question(rehearsal):
    path = rehearsal / "a.dpx"
    path.write_bytes(b"x")
    mark(path, partition="b", startblock=42)

    assert ltfs.tape_position(path, uuid=UUID) == TapePosition(UUID, "b", 42)


@pytest.mark.parametrize("block", ["", "far", "1.5"])
def test_a_position_that_is_no_number_is_none(rehearsal, block):
    path = rehearsal / "a.dpx"
    path.write_bytes(b"x")
    mark(path, startblock=block)

    assert ltfs.tape_position(path) is None


positions = st.builds(
    TapePosition, st.sampled_from([UUID, "other"]), st.sampled_from("ab"), st.integers(0, 10**7)
)


@given(st.lists(st.tuples(st.none() | positions, st.integers(0, 10**12)), max_size=40))
def test_reading_order_never_goes_back_on_one_tape(files):
    ordered = sorted(files, key=lambda file: ltfs.read_order(*file))
    on_tape = [position for position, _ in ordered if position is not None]

    assert on_tape == sorted(on_tape)
    assert all(position is None for position, _ in ordered[: len(ordered) - len(on_tape)])


def test_in_one_block_the_file_that_goes_on_is_read_last():
    start = TapePosition(UUID, "b", 9)
    files = [(start, 4 << 20), (None, 0), (start, 1000), (TapePosition(UUID, "b", 8), 5 << 20)]
    files.sort(key=lambda file: file[1], reverse=True)

    ordered = sorted(files, key=lambda file: ltfs.read_order(*file))

    assert [size for _, size in ordered] == [0, 5 << 20, 1000, 4 << 20]


def test_the_index_is_asked_for_on_a_tape_alone(rehearsal, tmp_path):
    assert ltfs.write_index(rehearsal)
    assert os.getxattr(rehearsal, "user.ltfs.sync") == b"1"
    assert not ltfs.write_index(tmp_path)


@pytest.mark.parametrize(
    ("state", "locked"),
    [("0x0", False), ("0xe0", True), ("unlocked", False), ("locked", True), ("permlocked", True)],
)
def test_a_locked_tape_is_known(rehearsal, state, locked):
    mark(rehearsal, volumeLockState=state)

    assert ltfs.is_locked(rehearsal) is locked


@pytest.mark.parametrize(
    ("number", "ends"),
    [(errno.EIO, True), (errno.EROFS, True), (errno.ENOTCONN, True), (errno.ENOSPC, False)],
)
def test_the_first_write_error_ends_writing_and_a_full_tape_is_something_else(number, ends):
    assert ltfs.ends_writing(OSError(number, "")) is ends


@pytest.mark.parametrize(
    ("size", "taken"), [(0, 0), (1, 524288), (524288, 524288), (524289, 2 * 524288)]
)
def test_a_file_takes_whole_blocks(size, taken):
    assert ltfs.space_taken(size, ltfs.BLOCK) == taken


@given(st.lists(st.integers(0, 1 << 34), max_size=50), st.sampled_from([4096, 65536, 524288]))
def test_the_space_needed_is_never_less_than_the_files(sizes, block):
    needed = ltfs.space_needed(sizes, block)

    assert needed >= sum(sizes)
    assert needed == sum(ltfs.space_taken(size, block) for size in sizes) + ltfs.index_allowance(
        len(sizes), block
    )
