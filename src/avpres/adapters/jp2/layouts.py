"""How libopenjp2 2.4 and later lay out what callers hand over (its openjpeg.h)."""

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_float,
    c_int,
    c_int64,
    c_size_t,
    c_uint16,
    c_uint32,
    c_void_p,
)
from typing import ClassVar

PATH = 4096  # bytes of a name within the parameters
_SPECS = 16  # of JPWL, which is not in use
_RESOLUTIONS = 33


class Progression(Structure):
    """A change of progression (`opj_poc_t`); none is ever made here."""

    _fields_: ClassVar = [
        *((name, c_uint32) for name in ["resno0", "compno0", "layno1", "resno1", "compno1"]),
        *((name, c_uint32) for name in ["layno0", "precno0", "precno1"]),
        ("prg1", c_int),
        ("prg", c_int),
        ("progorder", c_char * 5),
        ("tile", c_uint32),
        *((name, c_int) for name in ["tx0", "tx1", "ty0", "ty1"]),
        *(
            (name, c_uint32)
            for name in ["layS", "resS", "compS", "prcS", "layE", "resE", "compE", "prcE"]
        ),
        *((name, c_uint32) for name in ["txS", "txE", "tyS", "tyE", "dx", "dy"]),
        *((name, c_uint32) for name in ["lay_t", "res_t", "comp_t", "prc_t", "tx0_t", "ty0_t"]),
    ]


class EncoderParameters(Structure):
    """What to encode how (`opj_cparameters_t`)."""

    _fields_: ClassVar = [
        ("tile_size_on", c_int),
        *((name, c_int) for name in ["cp_tx0", "cp_ty0", "cp_tdx", "cp_tdy"]),
        *((name, c_int) for name in ["cp_disto_alloc", "cp_fixed_alloc", "cp_fixed_quality"]),
        ("cp_matrice", c_void_p),
        ("cp_comment", c_void_p),
        ("csty", c_int),
        ("prog_order", c_int),
        ("POC", Progression * 32),
        ("numpocs", c_uint32),
        ("tcp_numlayers", c_int),
        ("tcp_rates", c_float * 100),
        ("tcp_distoratio", c_float * 100),
        *((name, c_int) for name in ["numresolution", "cblockw_init", "cblockh_init", "mode"]),
        *((name, c_int) for name in ["irreversible", "roi_compno", "roi_shift", "res_spec"]),
        ("prcw_init", c_int * _RESOLUTIONS),
        ("prch_init", c_int * _RESOLUTIONS),
        ("infile", c_char * PATH),
        ("outfile", c_char * PATH),
        ("index_on", c_int),
        ("index", c_char * PATH),
        *((name, c_int) for name in ["image_offset_x0", "image_offset_y0"]),
        *((name, c_int) for name in ["subsampling_dx", "subsampling_dy"]),
        *((name, c_int) for name in ["decod_format", "cod_format"]),
        *((name, c_int) for name in ["jpwl_epc_on", "jpwl_hprot_MH"]),
        *((name, c_int * _SPECS) for name in ["jpwl_hprot_TPH_tileno", "jpwl_hprot_TPH"]),
        *((name, c_int * _SPECS) for name in ["pprot_tileno", "pprot_packno", "pprot"]),
        *((name, c_int) for name in ["sens_size", "sens_addr", "sens_range", "sens_MH"]),
        *((name, c_int * _SPECS) for name in ["sens_TPH_tileno", "sens_TPH"]),
        *((name, c_int) for name in ["cp_cinema", "max_comp_size", "cp_rsiz"]),
        *((name, c_char) for name in ["tp_on", "tp_flag", "tcp_mct"]),
        ("jpip_on", c_int),
        ("mct_data", c_void_p),
        ("max_cs_size", c_int),
        ("rsiz", c_uint16),
    ]


class DecoderParameters(Structure):
    """What to decode of it (`opj_dparameters_t`)."""

    _fields_: ClassVar = [
        ("cp_reduce", c_uint32),
        ("cp_layer", c_uint32),
        ("infile", c_char * PATH),
        ("outfile", c_char * PATH),
        *((name, c_int) for name in ["decod_format", "cod_format"]),
        *((name, c_uint32) for name in ["DA_x0", "DA_x1", "DA_y0", "DA_y1"]),
        ("m_verbose", c_int),
        *((name, c_uint32) for name in ["tile_index", "nb_tile_to_decode"]),
        *((name, c_int) for name in ["jpwl_correct", "jpwl_exp_comps", "jpwl_max_tiles"]),
        *((name, c_uint32) for name in ["flags", "dump_state"]),
    ]


class ComponentParameters(Structure):
    """One component of an image to be made (`opj_image_cmptparm_t`)."""

    _fields_: ClassVar = [
        (name, c_uint32) for name in ["dx", "dy", "w", "h", "x0", "y0", "prec", "bpp", "sgnd"]
    ]


class Image(Structure):
    """The head of an image (`opj_image_t`), as far as it is set here; its maker knows the rest."""

    _fields_: ClassVar = [(name, c_uint32) for name in ["x0", "y0", "x1", "y1", "numcomps"]]


READ = CFUNCTYPE(c_size_t, c_void_p, c_size_t, c_void_p)
WRITE = CFUNCTYPE(c_size_t, c_void_p, c_size_t, c_void_p)
SKIP = CFUNCTYPE(c_int64, c_int64, c_void_p)
SEEK = CFUNCTYPE(c_int, c_int64, c_void_p)
MESSAGE = CFUNCTYPE(None, ctypes.c_char_p, c_void_p)

_ANSWERS: dict[str, tuple[object, list[object]]] = {
    "opj_create_compress": (c_void_p, [c_int]),
    "opj_create_decompress": (c_void_p, [c_int]),
    "opj_destroy_codec": (None, [c_void_p]),
    "opj_codec_set_threads": (c_int, [c_void_p, c_int]),
    "opj_set_info_handler": (c_int, [c_void_p, MESSAGE, c_void_p]),
    "opj_set_warning_handler": (c_int, [c_void_p, MESSAGE, c_void_p]),
    "opj_set_error_handler": (c_int, [c_void_p, MESSAGE, c_void_p]),
    "opj_set_default_encoder_parameters": (None, [c_void_p]),
    "opj_set_default_decoder_parameters": (None, [c_void_p]),
    "opj_setup_encoder": (c_int, [c_void_p, POINTER(EncoderParameters), c_void_p]),
    "opj_setup_decoder": (c_int, [c_void_p, POINTER(DecoderParameters)]),
    "opj_image_tile_create": (POINTER(Image), [c_uint32, POINTER(ComponentParameters), c_int]),
    "opj_image_destroy": (None, [c_void_p]),
    "opj_start_compress": (c_int, [c_void_p, c_void_p, c_void_p]),
    "opj_write_tile": (c_int, [c_void_p, c_uint32, c_void_p, c_uint32, c_void_p]),
    "opj_end_compress": (c_int, [c_void_p, c_void_p]),
    "opj_read_header": (c_int, [c_void_p, c_void_p, POINTER(POINTER(Image))]),
    "opj_read_tile_header": (
        c_int,
        [c_void_p, c_void_p, POINTER(c_uint32), POINTER(c_uint32)]
        + [POINTER(c_int)] * 4
        + [POINTER(c_uint32), POINTER(c_int)],
    ),
    "opj_decode_tile_data": (c_int, [c_void_p, c_uint32, c_void_p, c_uint32, c_void_p]),
    "opj_end_decompress": (c_int, [c_void_p, c_void_p]),
    "opj_stream_create": (c_void_p, [c_size_t, c_int]),
    "opj_stream_destroy": (None, [c_void_p]),
    "opj_stream_set_read_function": (None, [c_void_p, READ]),
    "opj_stream_set_write_function": (None, [c_void_p, WRITE]),
    "opj_stream_set_skip_function": (None, [c_void_p, SKIP]),
    "opj_stream_set_seek_function": (None, [c_void_p, SEEK]),
    "opj_stream_set_user_data": (None, [c_void_p, c_void_p, c_void_p]),
    "opj_stream_set_user_data_length": (None, [c_void_p, ctypes.c_uint64]),
}


def declare(library: ctypes.CDLL) -> None:
    """Tell ctypes what each function takes and gives.

    Raises:
        AttributeError: the library lacks one of them.
    """
    for name, (answer, takes) in _ANSWERS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = answer, takes
