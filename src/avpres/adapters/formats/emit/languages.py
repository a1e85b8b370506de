"""Languages as ISO 639-2 has them; files say them in several ways."""

import re

_TWO_TO_THREE = """
aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul bibis
bmbam bnben botib brbre bsbos cacat ceche chcha cocos crcre cscze cuchu cvchv cywel dadan deger
dvdiv dzdzo eeewe elgre eneng eoepo esspa etest eubaq faper ffful fifin fjfij fofao frfre fyfry
gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv hthat huhun hyarm hzher iaina
idind ieile igibo iiiii ikipk ioido isice itita iuiku jajpn jvjav kageo kgkon kikik kjkua kkkaz
klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir lalat lbltz lglug lilim lnlin lolao
ltlit lulub lvlav mgmlg mhmah mimao mkmac mlmal mnmon mrmar msmay mtmlt mybur nanau nbnob ndnde
nenep ngndo nldut nnnno nonor nrnbl nvnav nynya ococi ojoji omorm orori ososs papan pipli plpol
pspus ptpor quque rmroh rnrun rorum rurus rwkin sasan scsrd sdsnd sesme sgsag sisin skslo slslv
smsmo snsna sosom sqalb srsrp ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir tktuk
tltgl tntsn toton trtur tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol wawln
wowol xhxho yiyid yoyor zazha zhchi zuzul
"""
_BY_TWO = {pair[:2]: pair[2:] for pair in _TWO_TO_THREE.split()}
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")


def three_letters(language: str) -> str:
    """Give the ISO 639-2 code (bibliographic) of `en`, `en-GB` or `eng`; nothing if it is none."""
    match = _TAG.fullmatch(language.strip())
    if match is None:
        return ""
    code = match[1].lower()
    return _BY_TWO.get(code, "") if len(code) == 2 else code  # noqa: PLR2004 - letters


def is_tag(language: str) -> bool:
    """Say whether a language is written as a tag of BCP 47."""
    return _TAG.fullmatch(language.strip()) is not None
