"""Sample entries of MP4 and QuickTime in the words of records."""

VIDEO = {
    "avc1": "H.264", "avc2": "H.264", "avc3": "H.264", "avc4": "H.264", "ai5p": "H.264",
    "ai5q": "H.264", "ai15": "H.264", "ai1q": "H.264",
    "hvc1": "HEVC", "hev1": "HEVC", "dvh1": "HEVC", "dvhe": "HEVC",
    "vvc1": "VVC", "vvi1": "VVC", "mp4v": "MPEG-4 Visual", "s263": "H.263", "h263": "H.263",
    "apch": "ProRes", "apcn": "ProRes", "apcs": "ProRes", "apco": "ProRes",
    "ap4h": "ProRes", "ap4x": "ProRes", "aprn": "ProRes RAW", "aprh": "ProRes RAW",
    "FFV1": "FFV1", "HFYU": "HuffYUV", "FFVH": "HuffYUV",
    "dvc ": "DV", "dvcp": "DV", "dvpp": "DV", "dv5n": "DV", "dv5p": "DV", "dvh2": "DV",
    "dvh3": "DV", "dvh5": "DV", "dvh6": "DV", "dvhp": "DV", "dvhq": "DV", "dvsd": "DV",
    "mx3n": "MPEG-2 Video", "mx3p": "MPEG-2 Video", "mx4n": "MPEG-2 Video",
    "mx4p": "MPEG-2 Video", "mx5n": "MPEG-2 Video", "mx5p": "MPEG-2 Video",
    "m2v1": "MPEG-2 Video", "mpg2": "MPEG-2 Video", "m1v1": "MPEG-1 Video",
    "mpeg": "MPEG-1 Video", "mjp2": "JPEG 2000", "j2ki": "JPEG 2000", "jpeg": "Motion JPEG",
    "mjpa": "Motion JPEG", "mjpb": "Motion JPEG", "AVdn": "DNxHD", "AVdh": "DNxHR",
    "CFHD": "CineForm", "v210": "Uncompressed", "v216": "Uncompressed", "v308": "Uncompressed",
    "v408": "Uncompressed", "v410": "Uncompressed", "2vuy": "Uncompressed",
    "2Vuy": "Uncompressed", "yuvs": "Uncompressed", "yuv2": "Uncompressed",
    "uyvy": "Uncompressed", "UYVY": "Uncompressed", "R210": "Uncompressed",
    "r210": "Uncompressed", "R10k": "Uncompressed", "r10k": "Uncompressed",
    "b48r": "Uncompressed", "b64a": "Uncompressed", "raw ": "Uncompressed", "rle ": "Animation",
    "SVQ1": "Sorenson Video", "SVQ3": "Sorenson Video 3", "cvid": "Cinepak", "rpza": "Apple Video",
    "smc ": "Graphics", "8BPS": "Planar RGB", "icod": "Apple Intermediate Codec",
    "pxlt": "Pixlet", "png ": "PNG", "tiff": "TIFF", "gif ": "GIF", "av01": "AV1",
    "vp08": "VP8", "vp09": "VP9", "encv": "encrypted",
}  # fmt: skip
AUDIO = {
    "mp4a": "AAC", "sowt": "PCM", "twos": "PCM", "in24": "PCM", "in32": "PCM", "raw ": "PCM",
    "lpcm": "PCM", "ipcm": "PCM", "NONE": "PCM", "fl32": "IEEE float", "fl64": "IEEE float",
    "fpcm": "IEEE float", "ulaw": "mu-law", "alaw": "A-law", "ima4": "IMA ADPCM",
    ".mp3": "MP3", "alac": "ALAC", "ac-3": "AC-3", "ec-3": "E-AC-3", "ac-4": "AC-4",
    "Opus": "Opus", "fLaC": "FLAC", "samr": "AMR-NB", "sawb": "AMR-WB", "QDM2": "QDesign 2",
    "QDMC": "QDesign", "MAC3": "MACE 3:1", "MAC6": "MACE 6:1", "Qclp": "QCELP", "agsm": "GSM",
    "dtsc": "DTS", "dtsh": "DTS-HD", "dtsl": "DTS-HD Master Audio", "mlpa": "TrueHD",
    "enca": "encrypted",
}  # fmt: skip
PRORES = {
    "apco": "422 Proxy",
    "apcs": "422 LT",
    "apcn": "422",
    "apch": "422 HQ",
    "ap4h": "4444",
    "ap4x": "4444 XQ",
}
OBJECTS = {  # MPEG-4 object type indications
    0x20: "MPEG-4 Visual", 0x21: "H.264", 0x23: "HEVC", 0x40: "AAC",
    0x60: "MPEG-2 Video", 0x61: "MPEG-2 Video", 0x62: "MPEG-2 Video", 0x63: "MPEG-2 Video",
    0x64: "MPEG-2 Video", 0x65: "MPEG-2 Video", 0x66: "AAC", 0x67: "AAC", 0x68: "AAC",
    0x69: "MP3", 0x6A: "MPEG-1 Video", 0x6B: "MP3", 0x6C: "Motion JPEG", 0x6E: "JPEG 2000",
    0xA5: "AC-3", 0xA6: "E-AC-3", 0xA9: "DTS", 0xAD: "Opus", 0xC1: "FLAC", 0xDD: "Vorbis",
}  # fmt: skip
H264_PROFILES = {
    66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10",
    122: "High 4:2:2", 244: "High 4:4:4 Predictive", 44: "CAVLC 4:4:4 Intra",
}  # fmt: skip
AAC_PROFILES = {1: "Main", 2: "LC", 3: "SSR", 4: "LTP", 5: "HE-AAC", 29: "HE-AACv2", 42: "xHE-AAC"}
PIXELS = {  # chroma subsampling and bits of what is always of one make
    "v210": ("4:2:2", 10), "v216": ("4:2:2", 16), "2vuy": ("4:2:2", 8), "2Vuy": ("4:2:2", 8),
    "yuvs": ("4:2:2", 8), "yuv2": ("4:2:2", 8), "v308": ("4:4:4", 8), "v408": ("4:4:4", 8),
    "v410": ("4:4:4", 10), "r210": ("4:4:4", 10), "R210": ("4:4:4", 10), "b64a": ("4:4:4", 16),
    "b48r": ("4:4:4", 16), "apco": ("4:2:2", 10), "apcs": ("4:2:2", 10), "apcn": ("4:2:2", 10),
    "apch": ("4:2:2", 10), "ap4h": ("4:4:4", 12), "ap4x": ("4:4:4", 12), "dvc ": ("4:1:1", 8),
    "dvcp": ("4:2:0", 8), "dvpp": ("4:1:1", 8), "dv5n": ("4:2:2", 8), "dv5p": ("4:2:2", 8),
}  # fmt: skip
RGB = {"r210", "R210", "b64a", "b48r", "r10k", "R10k", "8BPS", "png "}
LOSSLESS = {"FFV1", "HuffYUV", "Uncompressed", "PCM", "IEEE float", "ALAC", "FLAC", "TrueHD", "PNG"}
CHROMA = {0: "4:0:0", 1: "4:2:0", 2: "4:2:2", 3: "4:4:4"}
