"""Elements and attributes of HTML, from HTML 2 to the living standard, obsolete ones included."""

VOID = frozenset(
    b"area base basefont bgsound br col command embed frame hr image img input isindex keygen link "
    b"meta nextid param source spacer track wbr".split()
)
RAW = frozenset(b"script style textarea title xmp iframe noembed noframes".split())
PLAIN = b"plaintext"
FOREIGN = frozenset((b"svg", b"math"))
OPTIONAL_END = frozenset(
    b"html head body p li dt dd option optgroup thead tbody tfoot tr td th colgroup caption rp rt "
    b"rb rtc".split()
)
KNOWN = (
    VOID
    | RAW
    | FOREIGN
    | OPTIONAL_END
    | frozenset(
        b"a abbr acronym address applet article aside audio b bdi bdo big blink blockquote button "
        b"canvas center cite code data datalist del details dfn dialog dir div dl em fieldset "
        b"figcaption figure font footer form frameset h1 h2 h3 h4 h5 h6 header hgroup i ilayer ins "
        b"kbd label layer legend listing main map mark marquee menu menuitem meter multicol nav "
        b"nobr nolayer noscript object ol output picture plaintext pre progress q ruby s samp "
        b"search section select server slot small span strike strong sub summary sup table "
        b"template time tt u ul var video".split()
    )
)
_BLOCKS = (
    b"address article aside blockquote center details dialog dir div dl fieldset figcaption figure "
    b"footer form h1 h2 h3 h4 h5 h6 header hgroup hr listing main menu nav ol p plaintext pre "
    b"search section summary table ul xmp"
).split()
_SECTIONS = (b"thead", b"tbody", b"tfoot")

CLOSES: dict[bytes, frozenset[bytes]] = {
    **dict.fromkeys(_BLOCKS, frozenset((b"p",))),
    b"body": frozenset((b"head",)),
    b"frameset": frozenset((b"head",)),
    b"li": frozenset((b"li", b"p")),
    b"dt": frozenset((b"dt", b"dd", b"p")),
    b"dd": frozenset((b"dt", b"dd", b"p")),
    b"option": frozenset((b"option",)),
    b"optgroup": frozenset((b"option", b"optgroup")),
    b"tr": frozenset((b"tr", b"td", b"th", b"caption", b"colgroup", b"p", b"li", b"dd", b"dt")),
    b"td": frozenset((b"td", b"th", b"p", b"li", b"dd", b"dt")),
    b"th": frozenset((b"td", b"th", b"p", b"li", b"dd", b"dt")),
    **dict.fromkeys(
        _SECTIONS, frozenset((*_SECTIONS, b"tr", b"td", b"th", b"caption", b"colgroup", b"p"))
    ),
    b"colgroup": frozenset((b"caption", b"colgroup")),
    b"caption": frozenset((b"p",)),
    b"rp": frozenset((b"rp", b"rt", b"rb", b"rtc")),
    b"rt": frozenset((b"rp", b"rt", b"rb")),
    b"rb": frozenset((b"rp", b"rt", b"rb", b"rtc")),
    b"rtc": frozenset((b"rp", b"rt", b"rb", b"rtc")),
}
"""What a start tag closes if it is the innermost open element (HTML Living Standard §13.1.2.4)."""

NEEDS: dict[bytes, frozenset[bytes]] = {
    **dict.fromkeys((b"td", b"th"), frozenset((b"tr", b"table", b"tbody", b"thead", b"tfoot"))),
    b"tr": frozenset((b"table", b"tbody", b"thead", b"tfoot")),
    **dict.fromkeys((*_SECTIONS, b"caption", b"colgroup"), frozenset((b"table",))),
    b"frame": frozenset((b"frameset",)),
}
"""What must be open, anywhere, around an element."""

NOT_INSIDE_ITSELF = frozenset((b"a", b"button", b"form", b"nobr", b"select"))
ONCE = frozenset((b"html", b"head", b"body"))

ATTRIBUTES = frozenset(
    b"abbr about accept accept-charset accesskey action align alink allow allowfullscreen "
    b"allowtransparency alt archive as async autocapitalize autocomplete autocorrect autofocus "
    b"autoplay axis background balance behavior bgcolor bgproperties blocking border bordercolor "
    b"bordercolordark bordercolorlight bottommargin cellpadding cellspacing char charoff charset "
    b"checked cite class classid clear code codebase codetype color cols colspan command "
    b"commandfor compact content contenteditable contextmenu controls controlslist coords "
    b"crossorigin data datafld dataformatas datapagesize datasrc datatype datetime decoding "
    b"declare default defer dir direction dirname disabled disablepictureinpicture "
    b"disableremoteplayback download draggable dropzone dynsrc enctype enterkeyhint exportparts "
    b"face fetchpriority for form formaction formenctype formmethod formnovalidate formtarget "
    b"frame frameborder framespacing galleryimg gutter headers headingoffset headingreset height "
    b"hidden hidefocus high href hreflang hspace http-equiv icon id imagesizes imagesrcset inert "
    b"inlist inputmode integrity is ismap itemid itemprop itemref itemscope itemtype kind label "
    b"lang language leftmargin link list loading longdesc loop loopdelay low lowsrc manifest "
    b"marginheight marginwidth max maxlength mayscript media method methods min minlength multiple "
    b"muted n name nohref nomodule nonce noresize noshade novalidate nowrap object open optimum "
    b"part pattern ping placeholder playsinline popover popovertarget popovertargetaction poster "
    b"prefix preload profile prompt property radiogroup readonly referrerpolicy rel required "
    b"resource rev reversed rightmargin role rows rowspan rules sandbox scheme scope scoped "
    b"scrollamount scrolldelay scrolling seamless security select selected "
    b"shadowrootclonable shadowrootcustomelementregistry shadowrootdelegatesfocus shadowrootmode "
    b"shadowrootserializable shape size sizes slot span spellcheck src srcdoc srclang srcset "
    b"standby start step style summary tabindex target text title topmargin translate truespeed "
    b"type typemustmatch typeof unselectable urn usemap valign value valuetype version vlink "
    b"vocab volume vrml vspace width wrap writingsuggestions xmlns".split()
)
PREFIXES = (b"data-", b"aria-", b"on", b"xml:", b"xmlns:")
