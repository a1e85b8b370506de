"""What each TIFF tag must look like: its types, its least count and its TIFF version.

The types and counts are those that JHOVE asks for (TIFF 6.0, the PageMaker and Photoshop notes,
TIFF/EP, TIFF/IT, GeoTIFF, DNG 1.0, Exif 2.3). One letter stands for an unsigned integer of any
width, because readers must take BYTE, SHORT and LONG alike; two letters mean exactly those.
"""

from typing import NamedTuple

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL = 1, 2, 3, 4, 5, 7, 10
IFD, LONG8, SLONG8, IFD8 = 13, 16, 17, 18
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
BIG_SIZES = {**SIZES, LONG8: 8, SLONG8: 8, IFD8: 8}
CODES = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
CODES |= {LONG8: "Q", SLONG8: "q", IFD8: "Q"}

_LETTERS = {"B": 1, "A": 2, "S": 3, "L": 4, "R": 5, "U": 7, "s": 8, "r": 10, "D": 12, "I": 13}
_UNSIGNED = frozenset({BYTE, SHORT, LONG, IFD, LONG8, IFD8})


class Rule(NamedTuple):
    """What a tag must be: `kinds` is empty where any type will do."""

    name: str
    kinds: frozenset[int]
    least: int
    version: int
    jhove: str  # the id of JHOVE's complaint about the type


def _rules(table: str) -> dict[int, Rule]:
    found = {}
    for line in table.strip().splitlines():
        tag, name, letters, least, *version = line.split()
        kinds = frozenset(_LETTERS[letter] for letter in letters if letter != "*")
        if len(kinds) == 1 and kinds <= _UNSIGNED:
            kinds, jhove = _UNSIGNED, "TIFF-HUL-7"
        else:
            jhove = "TIFF-HUL-7" if len(kinds) == 1 else "TIFF-HUL-8"
            kinds |= {LONG8, IFD8} if kinds & {LONG, IFD} else set()
        found[int(tag)] = Rule(name, kinds, int(least), int(version[0]) if version else 4, jhove)
    return found


TAGS = _rules("""
254 NewSubfileType L 1 5
255 SubfileType L 1
256 ImageWidth SL 1
257 ImageLength SL 1
258 BitsPerSample S 1
259 Compression S 1
262 PhotometricInterpretation S 1
263 Threshholding S 1
264 CellWidth S 0
265 CellLength S 0
266 FillOrder S 1
269 DocumentName A 0
270 ImageDescription A 0
271 Make A 0
272 Model A 0
273 StripOffsets SL 1
274 Orientation S 1
277 SamplesPerPixel S 1
278 RowsPerStrip SL 1
279 StripByteCounts SL 1
280 MinSampleValue S 0
281 MaxSampleValue S 0
282 XResolution R 1
283 YResolution R 1
284 PlanarConfiguration S 1
285 PageName A 0
286 XPosition R 1
287 YPosition R 1
288 FreeOffsets L 0
289 FreeByteCounts L 0
290 GrayResponseUnit S 1
291 GrayResponseCurve S 0
292 T4Options L 0
293 T6Options L 0
296 ResolutionUnit S 1
297 PageNumber S 2
301 TransferFunction S 0
305 Software A 0 5
306 DateTime A 20 5
315 Artist A 0 5
316 HostComputer A 0 5
317 Predictor S 1 5
318 WhitePoint R 2 5
319 PrimaryChromaticities R 6 5
320 ColorMap S 1 5
321 HalftoneHints S 2 6
322 TileWidth SL 1 6
323 TileLength SL 1 6
324 TileOffsets SL 1 6
325 TileByteCounts SL 1 6
326 BadFaxLines SL 1
327 CleanFaxData S 1
328 ConsecutiveBadFaxLines SL 1
330 SubIFDs LI 0
332 InkSet S 1 6
333 InkNames A 0 6
334 NumberOfInks S 1 6
336 DotRange BS 2 6
337 TargetPrinter A 0 6
338 ExtraSamples S 0 6
339 SampleFormat S 0 6
340 SMinSampleValue * 0 6
341 SMaxSampleValue * 0 6
342 TransferRange S 6 6
343 ClipPath B 0
344 XClipPathUnits L 1
345 YClipPathUnits L 1
346 Indexed S 1
347 JPEGTables U 0
351 OPIProxy S 1
400 GlobalParametersIFD LI 1
512 JPEGProc S 1 6
513 JPEGInterchangeFormat L 1 6
514 JPEGInterchangeFormatLength L 1 6
515 JPEGRestartInterval S 1 6
517 JPEGLosslessPredictors S 0 6
518 JPEGPointTransforms S 0 6
519 JPEGQTables L 0 6
520 JPEGDCTables L 0 6
521 JPEGACTables L 0 6
529 YCbCrCoefficients R 3 6
530 YCbCrSubSampling S 2 6
531 YCbCrPositioning S 1 6
532 ReferenceBlackWhite R 6 6
559 StripRowCounts L 0
700 XMP UB 0
32781 ImageID A 0
33421 CFARepeatPatternDim S 2
33422 CFAPattern B 0
33423 BatteryLevel RA 0
33432 Copyright A 0 6
33434 ExposureTime R 1
33437 FNumber R 1
33550 ModelPixelScale D 3
33723 IPTC ALBU 0
33922 ModelTiepoint D 0
34016 Site A 0
34017 ColorSequence A 0
34018 IT8Header A 0
34019 RasterPadding S 1
34020 BitsPerRunLength S 1
34021 BitsPerExtendedRunLength S 1
34022 ColorTable B 0
34023 ImageColorIndicator B 1
34024 BackgroundColorIndicator B 1
34025 ImageColorValue B 1
34026 BackgroundColorValue B 1
34027 PixelIntensityRange B 0
34028 TransparencyIndicator B 1
34029 ColorCharacterization A 0
34030 HCUsage L 1
34264 ModelTransformation D 16
34377 PhotoshopProperties * 0
34665 ExifIFD L 1
34675 ICCProfile U 1
34732 ImageLayer SL 2
34735 GeoKeyDirectory S 1
34736 GeoDoubleParams D 0
34737 GeoAsciiParams A 0
34850 ExposureProgram S 1
34852 SpectralSensitivity A 0
34853 GPSInfoIFD L 1
34855 ISOSpeedRatings S 1
34856 OECF U 0
34857 Interlace S 1
34858 TimeZoneOffset s 0
34859 SelfTimerMode S 1
36867 DateTimeOriginal A 20
37122 CompressedBitsPerPixel R 1
37378 ApertureValue R 1
37379 BrightnessValue r 1
37380 ExposureBiasValue r 1
37381 MaxApertureValue R 1
37382 SubjectDistance Rr 1
37383 MeteringMode S 1
37384 LightSource S 1
37385 Flash S 1
37386 FocalLength R 1
37387 FlashEnergy R 1
37388 SpatialFrequencyResponse U 0
37389 Noise U 0
37390 FocalPlaneXResolution R 1
37391 FocalPlaneYResolution R 1
37392 FocalPlaneResolutionUnit S 1
37393 ImageNumber L 1
37394 SecurityClassification A 0
37395 ImageHistory A 0
37396 SubjectLocation S 0
37398 TIFFEPStandardID S 4
37399 SensingMethod S 1
37724 ImageSourceData U 0
40965 InteroperabilityIFD L 1
50255 Annotations * 0
50706 DNGVersion B 4
50707 DNGBackwardVersion B 4
50708 UniqueCameraModel A 0
50709 LocalizedCameraModel AB 0
50710 CFAPlaneColor B 0
50711 CFALayout S 0
50712 LinearizationTable S 0
50713 BlackLevelRepeatDim S 0
50714 BlackLevel RSL 0
50715 BlackLevelDeltaH r 0
50716 BlackLevelDeltaV r 0
50717 WhiteLevel SL 0
50718 DefaultScale R 2
50719 DefaultCropOrigin RSL 2
50720 DefaultCropSize RSL 2
50721 ColorMatrix1 r 0
50722 ColorMatrix2 r 0
50723 CameraCalibration1 r 0
50724 CameraCalibration2 r 0
50725 ReductionMatrix1 r 0
50726 ReductionMatrix2 r 0
50727 AnalogBalance R 0
50728 AsShotNeutral SR 0
50729 AsShotWhiteXY R 2
50730 BaselineExposure r 1
50731 BaselineNoise R 1
50732 BaselineSharpness R 1
50733 BayerGreenSplit L 1
50734 LinearResponseLimit R 1
50735 CameraSerialNumber A 0
50736 LensInfo R 4
50737 ChromaBlurRadius R 1
50738 AntiAliasStrength R 1
50740 DNGPrivateData B 0
50741 MakerNoteSafety S 1
50778 CalibrationIlluminant1 S 1
50779 CalibrationIlluminant2 S 1
50780 BestQualityScale R 1
""")

EXIF_TAGS = _rules("""
271 Make A 0
272 Model A 0
274 Orientation S 1
282 XResolution R 1
283 YResolution R 1
33434 ExposureTime R 1
33437 FNumber R 1
34850 ExposureProgram S 1
34852 SpectralSensitivity A 0
34855 ISOSpeedRatings S 0
34856 OECF SU 0
36864 ExifVersion U 4
36867 DateTimeOriginal A 20
36868 DateTimeDigitized A 20
37121 ComponentsConfiguration U 0
37122 CompressedBitsPerPixel R 1
37377 ShutterSpeedValue r 1
37378 ApertureValue R 1
37379 BrightnessValue r 1
37380 ExposureBiasValue r 1
37381 MaxApertureValue R 1
37382 SubjectDistance R 1
37383 MeteringMode S 1
37384 LightSource S 1
37385 Flash S 1
37386 FocalLength R 1
37396 SubjectArea S 0
37500 MakerNote U 0
37510 UserComment U 0
37520 SubSecTime A 0
37521 SubSecTimeOriginal A 0
37522 SubSecTimeDigitized A 0
40960 FlashpixVersion U 4
40961 ColorSpace S 1
40962 PixelXDimension L 1
40963 PixelYDimension L 1
40964 RelatedSoundFile A 13
40965 InteroperabilityIFD L 1
41483 FlashEnergy R 1
41484 SpatialFrequencyResponse U 0
41486 FocalPlaneXResolution R 1
41487 FocalPlaneYResolution R 1
41488 FocalPlaneResolutionUnit S 1
41492 SubjectLocation S 0
41493 ExposureIndex R 1
41495 SensingMethod S 1
41728 FileSource U 1
41729 SceneType U 1
41730 CFAPattern U 0
41985 CustomRendered S 1
41986 ExposureMode S 1
41987 WhiteBalance S 1
41988 DigitalZoomRatio R 1
41989 FocalLengthIn35mmFilm S 1
41990 SceneCaptureType S 1
41991 GainControl S 1
41992 Contrast S 1
41993 Saturation S 1
41994 Sharpness S 1
41995 DeviceSettingDescription U 0
41996 SubjectDistanceRange S 1
42016 ImageUniqueID A 33
""")

GPS_TAGS = _rules("""
0 GPSVersionID B 4
1 GPSLatitudeRef A 2
2 GPSLatitude R 3
3 GPSLongitudeRef A 2
4 GPSLongitude R 3
5 GPSAltitudeRef B 1
6 GPSAltitude R 1
7 GPSTimeStamp R 3
8 GPSSatellites A 0
9 GPSStatus A 2
10 GPSMeasureMode A 2
11 GPSDOP R 1
12 GPSSpeedRef A 2
13 GPSSpeed R 1
14 GPSTrackRef A 2
15 GPSTrack R 1
16 GPSImgDirectionRef A 2
17 GPSImgDirection R 1
18 GPSMapDatum A 0
19 GPSDestLatitudeRef A 2
20 GPSDestLatitude R 3
21 GPSDestLongitudeRef A 2
22 GPSDestLongitude R 3
23 GPSDestBearingRef A 2
24 GPSDestBearing R 1
25 GPSDestDistanceRef A 2
26 GPSDestDistance R 1
27 GPSProcessingMethod U 0
28 GPSAreaInformation U 0
29 GPSDateStamp A 11
30 GPSDifferential S 1
31 GPSHPositioningError R 1
""")

OTHER_TAGS: dict[int, Rule] = {}  # of directories whose tags are not judged
