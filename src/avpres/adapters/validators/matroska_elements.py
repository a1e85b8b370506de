"""The elements of Matroska (RFC 9559) and of the EBML header (RFC 8794), as a tree.

One line an element, indented below its parent: name, id, type, then what is asked of it:
`!` it must be there (and has no default), `*` it may be there more than once, `v4` the version of
Matroska that brought it, `a..b` its range, `=16` its size in bytes. Types: master, uinteger,
integer, float, string, 8 (UTF-8), binary, date. `+` below means: may hold itself.
"""

from dataclasses import dataclass, field

_TREE = """
EBML 1A45DFA3 m
 EBMLVersion 4286 u 1..1
 EBMLReadVersion 42F7 u 1..1
 EBMLMaxIDLength 42F2 u 4..4
 EBMLMaxSizeLength 42F3 u 1..8
 DocType 4282 s !
 DocTypeVersion 4287 u 1..
 DocTypeReadVersion 4285 u 1..
 DocTypeExtension 4281 m *
  DocTypeExtensionName 4283 s !
  DocTypeExtensionVersion 4284 u ! 1..
Segment 18538067 m
 SeekHead 114D9B74 m *
  Seek 4DBB m ! *
   SeekID 53AB b ! <=4
   SeekPosition 53AC u !
 Info 1549A966 m !
  SegmentUUID 73A4 b =16
  SegmentFilename 7384 8
  PrevUUID 3CB923 b =16
  PrevFilename 3C83AB 8
  NextUUID 3EB923 b =16
  NextFilename 3E83BB 8
  SegmentFamily 4444 b * =16
  ChapterTranslate 6924 m *
   ChapterTranslateID 69A5 b !
   ChapterTranslateCodec 69BF u !
   ChapterTranslateEditionUID 69FC u *
  TimestampScale 2AD7B1 u 1..
  Duration 4489 f >0
  DateUTC 4461 d
  Title 7BA9 8
  MuxingApp 4D80 8 !
  WritingApp 5741 8 !
 Cluster 1F43B675 m *
  Timestamp E7 u !
  SilentTracks 5854 m
   SilentTrackNumber 58D7 u *
  Position A7 u
  PrevSize AB u
  SimpleBlock A3 b * v2
  BlockGroup A0 m *
   Block A1 b !
   BlockVirtual A2 b
   BlockAdditions 75A1 m
    BlockMore A6 m ! *
     BlockAdditional A5 b !
     BlockAddID EE u 1..
   BlockDuration 9B u
   ReferencePriority FA u
   ReferenceBlock FB i *
   ReferenceVirtual FD i
   CodecState A4 b
   DiscardPadding 75A2 i
   Slices 8E m
    TimeSlice E8 m *
     LaceNumber CC u
     FrameNumber CD u
     BlockAdditionID CB u
     Delay CE u
     SliceDuration CF u
   ReferenceFrame C8 m
    ReferenceOffset C9 u !
    ReferenceTimestamp CA u !
  EncryptedBlock AF b *
 Tracks 1654AE6B m
  TrackEntry AE m ! *
   TrackNumber D7 u ! 1..
   TrackUID 73C5 u ! 1..
   TrackType 83 u ! 1..254
   FlagEnabled B9 u 0..1
   FlagDefault 88 u 0..1
   FlagForced 55AA u 0..1
   FlagHearingImpaired 55AB u 0..1
   FlagVisualImpaired 55AC u 0..1
   FlagTextDescriptions 55AD u 0..1
   FlagOriginal 55AE u 0..1
   FlagCommentary 55AF u 0..1
   FlagLacing 9C u 0..1
   MinCache 6DE7 u
   MaxCache 6DF8 u
   DefaultDuration 23E383 u 1..
   DefaultDecodedFieldDuration 234E7A u 1..
   TrackTimestampScale 23314F f >0
   TrackOffset 537F i
   MaxBlockAdditionID 55EE u
   BlockAdditionMapping 41E4 m *
    BlockAddIDValue 41F0 u 2..
    BlockAddIDName 41A4 s
    BlockAddIDType 41E7 u
    BlockAddIDExtraData 41ED b
   Name 536E 8
   Language 22B59C s
   LanguageBCP47 22B59D s
   CodecID 86 s !
   CodecPrivate 63A2 b
   CodecName 258688 8
   AttachmentLink 7446 u 1..
   CodecSettings 3A9697 8
   CodecInfoURL 3B4040 s *
   CodecDownloadURL 26B240 s *
   CodecDecodeAll AA u 0..1
   TrackOverlay 6FAB u *
   CodecDelay 56AA u
   SeekPreRoll 56BB u
   TrackTranslate 6624 m *
    TrackTranslateTrackID 66A5 b !
    TrackTranslateCodec 66BF u !
    TrackTranslateEditionUID 66FC u *
   Video E0 m
    FlagInterlaced 9A u 0..2
    FieldOrder 9D u 0..14
    StereoMode 53B8 u 0..14
    AlphaMode 53C0 u 0..1
    OldStereoMode 53B9 u
    PixelWidth B0 u ! 1..
    PixelHeight BA u ! 1..
    PixelCropBottom 54AA u
    PixelCropTop 54BB u
    PixelCropLeft 54CC u
    PixelCropRight 54DD u
    DisplayWidth 54B0 u 1..
    DisplayHeight 54BA u 1..
    DisplayUnit 54B2 u 0..4
    AspectRatioType 54B3 u
    UncompressedFourCC 2EB524 b =4
    GammaValue 2FB523 f >0
    FrameRate 2383E3 f >0
    Colour 55B0 m
     MatrixCoefficients 55B1 u 0..14
     BitsPerChannel 55B2 u
     ChromaSubsamplingHorz 55B3 u
     ChromaSubsamplingVert 55B4 u
     CbSubsamplingHorz 55B5 u
     CbSubsamplingVert 55B6 u
     ChromaSitingHorz 55B7 u 0..2
     ChromaSitingVert 55B8 u 0..2
     Range 55B9 u 0..3
     TransferCharacteristics 55BA u 0..18
     Primaries 55BB u 0..22
     MaxCLL 55BC u
     MaxFALL 55BD u
     MasteringMetadata 55D0 m
      PrimaryRChromaticityX 55D1 f
      PrimaryRChromaticityY 55D2 f
      PrimaryGChromaticityX 55D3 f
      PrimaryGChromaticityY 55D4 f
      PrimaryBChromaticityX 55D5 f
      PrimaryBChromaticityY 55D6 f
      WhitePointChromaticityX 55D7 f
      WhitePointChromaticityY 55D8 f
      LuminanceMax 55D9 f
      LuminanceMin 55DA f
    Projection 7670 m
     ProjectionType 7671 u 0..3
     ProjectionPrivate 7672 b
     ProjectionPoseYaw 7673 f
     ProjectionPosePitch 7674 f
     ProjectionPoseRoll 7675 f
   Audio E1 m
    SamplingFrequency B5 f >0
    OutputSamplingFrequency 78B5 f >0
    Channels 9F u 1..
    ChannelPositions 7D7B b
    BitDepth 6264 u 1..
    Emphasis 52F1 u
   TrackOperation E2 m
    TrackCombinePlanes E3 m
     TrackPlane E4 m ! *
      TrackPlaneUID E5 u ! 1..
      TrackPlaneType E6 u !
    TrackJoinBlocks E9 m
     TrackJoinUID ED u ! * 1..
   TrickTrackUID C0 u
   TrickTrackSegmentUID C1 b =16
   TrickTrackFlag C6 u
   TrickMasterTrackUID C7 u
   TrickMasterTrackSegmentUID C4 b =16
   ContentEncodings 6D80 m
    ContentEncoding 6240 m ! *
     ContentEncodingOrder 5031 u
     ContentEncodingScope 5032 u 1..
     ContentEncodingType 5033 u 0..1
     ContentCompression 5034 m
      ContentCompAlgo 4254 u
      ContentCompSettings 4255 b
     ContentEncryption 5035 m
      ContentEncAlgo 47E1 u
      ContentEncKeyID 47E2 b
      ContentEncAESSettings 47E7 m
       AESSettingsCipherMode 47E8 u 1..
      ContentSignature 47E3 b
      ContentSigKeyID 47E4 b
      ContentSigAlgo 47E5 u
      ContentSigHashAlgo 47E6 u
 Cues 1C53BB6B m
  CuePoint BB m ! *
   CueTime B3 u !
   CueTrackPositions B7 m ! *
    CueTrack F7 u ! 1..
    CueClusterPosition F1 u !
    CueRelativePosition F0 u
    CueDuration B2 u
    CueBlockNumber 5378 u 1..
    CueCodecState EA u
    CueReference DB m *
     CueRefTime 96 u !
     CueRefCluster 97 u
     CueRefNumber 535F u 1..
     CueRefCodecState EB u
 Attachments 1941A469 m
  AttachedFile 61A7 m ! *
   FileDescription 467E 8
   FileName 466E 8 !
   FileMediaType 4660 s !
   FileData 465C b !
   FileUID 46AE u ! 1..
   FileReferral 4675 b
   FileUsedStartTime 4661 u
   FileUsedEndTime 4662 u
 Chapters 1043A770 m
  EditionEntry 45B9 m ! *
   EditionUID 45BC u 1..
   EditionFlagHidden 45BD u 0..1
   EditionFlagDefault 45DB u 0..1
   EditionFlagOrdered 45DD u 0..1
   EditionDisplay 4520 m *
    EditionString 4521 8 !
    EditionLanguageIETF 45E4 s *
   ChapterAtom B6 m ! * +
    ChapterUID 73C4 u ! 1..
    ChapterStringUID 5654 8
    ChapterTimeStart 91 u !
    ChapterTimeEnd 92 u
    ChapterFlagHidden 98 u 0..1
    ChapterFlagEnabled 4598 u 0..1
    ChapterSegmentUUID 6E67 b =16
    ChapterSkipType 4588 u
    ChapterSegmentEditionUID 6EBC u 1..
    ChapterPhysicalEquiv 63C3 u
    ChapterTrack 8F m
     ChapterTrackUID 89 u ! * 1..
    ChapterDisplay 80 m *
     ChapString 85 8 !
     ChapLanguage 437C s *
     ChapLanguageBCP47 437D s *
     ChapCountry 437E s *
    ChapProcess 6944 m *
     ChapProcessCodecID 6955 u
     ChapProcessPrivate 450D b
     ChapProcessCommand 6911 m *
      ChapProcessTime 6922 u !
      ChapProcessData 6933 b !
 Tags 1254C367 m *
  Tag 7373 m ! *
   Targets 63C0 m !
    TargetTypeValue 68CA u 1..
    TargetType 63CA s
    TagTrackUID 63C5 u *
    TagEditionUID 63C9 u *
    TagChapterUID 63C4 u *
    TagAttachmentUID 63C6 u *
    TagBlockAddIDValue 63C7 u *
   SimpleTag 67C8 m ! * +
    TagName 45A3 8 !
    TagLanguage 447A s
    TagLanguageBCP47 447B s
    TagDefault 4484 u 0..1
    TagDefaultBogus 44B4 u 0..1
    TagString 4487 8
    TagBinary 4485 b
"""


@dataclass(slots=True)
class Element:
    """What may stand in one place of the tree."""

    name: str
    id: int
    type: str
    required: bool = False
    repeats: bool = False
    version: int = 1
    least: int | None = None
    most: int | None = None
    above: bool = False  # a float that must be above 0
    length: int | None = None
    up_to: int | None = None  # bytes
    children: dict[int, "Element"] = field(default_factory=dict)


def _read_tree() -> dict[int, Element]:
    top: dict[int, Element] = {}
    levels = [top]
    for line in _TREE.strip().split("\n"):
        name, id, type_, *rules = line.split()
        depth = len(line) - len(line.lstrip())
        found = Element(name, int(id, 16), type_)
        for rule in rules:
            _apply(rule, found)
        levels[depth][found.id] = found
        levels[depth + 1 :] = [found.children]
    return top


def _apply(rule: str, found: Element) -> None:
    if rule == "!":
        found.required = True
    elif rule == "*":
        found.repeats = True
    elif rule == "+":
        found.children[found.id] = found
    elif rule == ">0":
        found.above = True
    elif rule[0] == "v":
        found.version = int(rule[1:])
    elif rule[0] == "=":
        found.length = int(rule[1:])
    elif rule[0] == "<":
        found.up_to = int(rule[2:])
    else:
        least, _, most = rule.partition("..")
        found.least, found.most = int(least), int(most) if most else None


TOP = _read_tree()
EBML = TOP[0x1A45DFA3]
SEGMENT = TOP[0x18538067]
LEVEL_1 = SEGMENT.children
CLUSTER = LEVEL_1[0x1F43B675]
