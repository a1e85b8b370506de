# Completion of avpres for bash; made by `avpres completion bash`.
_avpres() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words="" word
    COMPREPLY=()
    if [[ $current == "=" ]]; then
        current=""
    elif [[ $previous == "=" ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
    fi
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "copy verify manifest diff characterise normalise access cook uncook repair migrate inspect package convert export import edit extract doctor config completion --help -h --version --install-completion --show-completion" -- "$current"))
        compopt +o default 2>/dev/null
        return
    fi
    case "${COMP_WORDS[1]} $previous" in
        "copy --to") return ;;
        "copy --digest"|"copy -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "copy --verify") words="full size none" ;;
        "copy --backend") words="auto native cp rsync ditto gcp robocopy" ;;
        "copy --exclude") compopt +o default 2>/dev/null; return ;;
        "copy --links") words="keep follow skip" ;;
        "copy --from-list") return ;;
        "copy --glob") compopt +o default 2>/dev/null; return ;;
        "copy --jobs"|"copy -j") compopt +o default 2>/dev/null; return ;;
        "copy --reserve") compopt +o default 2>/dev/null; return ;;
        "copy --checkpoint") compopt +o default 2>/dev/null; return ;;
        "copy --report") return ;;
        "copy --progress") words="auto bar plain json none" ;;
        "copy --config") return ;;
        "copy --log-dir") return ;;
        "copy --operator") compopt +o default 2>/dev/null; return ;;
        "verify --manifest"|"verify -m") return ;;
        "verify --stall") compopt +o default 2>/dev/null; return ;;
        "verify --jobs"|"verify -j") compopt +o default 2>/dev/null; return ;;
        "verify --bag-profile") return ;;
        "verify --schemas") return ;;
        "verify --report") return ;;
        "verify --progress") words="auto bar plain json none" ;;
        "verify --config") return ;;
        "verify --log-dir") return ;;
        "verify --operator") compopt +o default 2>/dev/null; return ;;
        "manifest --format"|"manifest -f") words="ifi gnu bsd sidecar hashdeep mhl ascmhl bagit dfxml bfi-tar avpres" ;;
        "manifest --digest"|"manifest -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "manifest --output"|"manifest -o") return ;;
        "manifest --exclude") compopt +o default 2>/dev/null; return ;;
        "manifest --jobs"|"manifest -j") compopt +o default 2>/dev/null; return ;;
        "manifest --report") return ;;
        "manifest --progress") words="auto bar plain json none" ;;
        "manifest --config") return ;;
        "manifest --log-dir") return ;;
        "manifest --operator") compopt +o default 2>/dev/null; return ;;
        "diff --jobs"|"diff -j") compopt +o default 2>/dev/null; return ;;
        "diff --report") return ;;
        "diff --progress") words="auto bar plain json none" ;;
        "diff --config") return ;;
        "diff --log-dir") return ;;
        "diff --operator") compopt +o default 2>/dev/null; return ;;
        "characterise --digest"|"characterise -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "characterise --profile") compopt +o default 2>/dev/null; return ;;
        "characterise --schemas") return ;;
        "characterise --policy") return ;;
        "characterise --engine") words="avpres jhove both" ;;
        "characterise --signatures") return ;;
        "characterise --emit"|"characterise -e") words="mix audiomd aes57 textmd videomd pbcore ebucore mediainfo mediatrace ffprobe" ;;
        "characterise --into") return ;;
        "characterise --manifest"|"characterise -m") return ;;
        "characterise --ndjson") return ;;
        "characterise --csv") return ;;
        "characterise --html") return ;;
        "characterise --jhove-xml") return ;;
        "characterise --audit-xml") return ;;
        "characterise --exclude") compopt +o default 2>/dev/null; return ;;
        "characterise --jobs"|"characterise -j") compopt +o default 2>/dev/null; return ;;
        "characterise --time-limit") compopt +o default 2>/dev/null; return ;;
        "characterise --memory-limit") compopt +o default 2>/dev/null; return ;;
        "characterise --progress") words="auto bar plain json none" ;;
        "characterise --config") return ;;
        "characterise --log-dir") return ;;
        "characterise --operator") compopt +o default 2>/dev/null; return ;;
        "normalise --sound") words="flac pcm" ;;
        "normalise --lossy") words="refuse rewrap transcode" ;;
        "normalise --dv") words="refuse rewrap transcode" ;;
        "normalise --slices") compopt +o default 2>/dev/null; return ;;
        "normalise --context") compopt +o default 2>/dev/null; return ;;
        "normalise --field-order") words="tff bff progressive" ;;
        "normalise --aspect") words="4:3 16:9 1.85:1 2.39:1" ;;
        "normalise --colour") words="bt601-625 bt601-525 bt709" ;;
        "normalise --digest"|"normalise -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "normalise --kind") words="SIP AIP DIP AIU" ;;
        "normalise --layout") words="ifi-bag ifi bag mm-bag mm mets-bag mets csip-bag csip" ;;
        "normalise --container") words="folder tar tar.gz tar.zst zip" ;;
        "normalise --label") compopt +o default 2>/dev/null; return ;;
        "normalise --package-id") compopt +o default 2>/dev/null; return ;;
        "normalise --date") compopt +o default 2>/dev/null; return ;;
        "normalise --parent") compopt +o default 2>/dev/null; return ;;
        "normalise --media-id") compopt +o default 2>/dev/null; return ;;
        "normalise --bag-info") compopt +o default 2>/dev/null; return ;;
        "normalise --profile") compopt +o default 2>/dev/null; return ;;
        "normalise --from-list") return ;;
        "normalise --exclude") compopt +o default 2>/dev/null; return ;;
        "normalise --stall") compopt +o default 2>/dev/null; return ;;
        "normalise --jobs"|"normalise -j") compopt +o default 2>/dev/null; return ;;
        "normalise --report") return ;;
        "normalise --progress") words="auto bar plain json none" ;;
        "normalise --config") return ;;
        "normalise --log-dir") return ;;
        "normalise --operator") compopt +o default 2>/dev/null; return ;;
        "access --profile"|"access -p") compopt +o default 2>/dev/null; return ;;
        "access --deinterlace") words="auto frame field off ivtc" ;;
        "access --in") compopt +o default 2>/dev/null; return ;;
        "access --out") compopt +o default 2>/dev/null; return ;;
        "access --aspect") compopt +o default 2>/dev/null; return ;;
        "access --watermark") return ;;
        "access --watermark-text") compopt +o default 2>/dev/null; return ;;
        "access --watermark-place") words="centre top-left top-right bottom-left bottom-right" ;;
        "access --watermark-size") compopt +o default 2>/dev/null; return ;;
        "access --opacity") compopt +o default 2>/dev/null; return ;;
        "access --font") return ;;
        "access --audio") words="all stereo left right mono" ;;
        "access --loudness") words="-23 -24 off" ;;
        "access --subtitles") words="keep burn off" ;;
        "access --chapters") words="keep split" ;;
        "access --copyright") compopt +o default 2>/dev/null; return ;;
        "access --metadata") compopt +o default 2>/dev/null; return ;;
        "access --from-list") return ;;
        "access --exclude") compopt +o default 2>/dev/null; return ;;
        "access --jobs"|"access -j") compopt +o default 2>/dev/null; return ;;
        "access --report") return ;;
        "access --progress") words="auto bar plain json none" ;;
        "access --config") return ;;
        "access --log-dir") return ;;
        "access --operator") compopt +o default 2>/dev/null; return ;;
        "cook --rate") compopt +o default 2>/dev/null; return ;;
        "cook --gaps") words="refuse hold close" ;;
        "cook --bad-frames") words="refuse attach" ;;
        "cook --mixed") words="refuse accept" ;;
        "cook --uncodable") words="refuse attach" ;;
        "cook --manifests") words="check ignore" ;;
        "cook --quiet-for") compopt +o default 2>/dev/null; return ;;
        "cook --engine") words="native rawcooked" ;;
        "cook --stall") compopt +o default 2>/dev/null; return ;;
        "cook --profile") words="avpres rawcooked" ;;
        "cook --context") compopt +o default 2>/dev/null; return ;;
        "cook --slices") compopt +o default 2>/dev/null; return ;;
        "cook --workers"|"cook -j") compopt +o default 2>/dev/null; return ;;
        "cook --sip") compopt +o default 2>/dev/null; return ;;
        "cook --kind") words="SIP AIP DIP AIU" ;;
        "cook --layout") words="ifi-bag ifi bag mm-bag mm mets-bag mets csip-bag csip" ;;
        "cook --container") words="folder tar tar.gz tar.zst zip" ;;
        "cook --digest"|"cook -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "cook --label") compopt +o default 2>/dev/null; return ;;
        "cook --package-id") compopt +o default 2>/dev/null; return ;;
        "cook --date") compopt +o default 2>/dev/null; return ;;
        "cook --parent") compopt +o default 2>/dev/null; return ;;
        "cook --media-id") compopt +o default 2>/dev/null; return ;;
        "cook --bag-info") compopt +o default 2>/dev/null; return ;;
        "cook --package-profile") compopt +o default 2>/dev/null; return ;;
        "cook --onto") return ;;
        "cook --report") return ;;
        "cook --progress") words="auto bar plain json none" ;;
        "cook --config") return ;;
        "cook --log-dir") return ;;
        "cook --operator") compopt +o default 2>/dev/null; return ;;
        "uncook --only") compopt +o default 2>/dev/null; return ;;
        "uncook --workers"|"uncook -j") compopt +o default 2>/dev/null; return ;;
        "uncook --report") return ;;
        "uncook --progress") words="auto bar plain json none" ;;
        "uncook --config") return ;;
        "uncook --log-dir") return ;;
        "uncook --operator") compopt +o default 2>/dev/null; return ;;
        "repair --from") return ;;
        "repair --workers"|"repair -j") compopt +o default 2>/dev/null; return ;;
        "repair --report") return ;;
        "repair --progress") words="auto bar plain json none" ;;
        "repair --config") return ;;
        "repair --log-dir") return ;;
        "repair --operator") compopt +o default 2>/dev/null; return ;;
        "migrate --policy") words="avpres avpres-jp2 aiht-2005 jxl keep kb bodleian" ;;
        "migrate --qa") words="all sample:N" ;;
        "migrate --table") return ;;
        "migrate --review") return ;;
        "migrate --sheet") compopt +o default 2>/dev/null; return ;;
        "migrate --seed") compopt +o default 2>/dev/null; return ;;
        "migrate --time-limit") compopt +o default 2>/dev/null; return ;;
        "migrate --memory-limit") compopt +o default 2>/dev/null; return ;;
        "migrate --package") return ;;
        "migrate --kind") words="SIP AIP DIP AIU" ;;
        "migrate --layout") words="ifi-bag ifi bag mm-bag mm mets-bag mets csip-bag csip" ;;
        "migrate --container") words="folder tar tar.gz tar.zst zip" ;;
        "migrate --label") compopt +o default 2>/dev/null; return ;;
        "migrate --package-id") compopt +o default 2>/dev/null; return ;;
        "migrate --from-list") return ;;
        "migrate --exclude") compopt +o default 2>/dev/null; return ;;
        "migrate --date") compopt +o default 2>/dev/null; return ;;
        "migrate --jobs"|"migrate -j") compopt +o default 2>/dev/null; return ;;
        "migrate --report") return ;;
        "migrate --progress") words="auto bar plain json none" ;;
        "migrate --config") return ;;
        "migrate --log-dir") return ;;
        "migrate --operator") compopt +o default 2>/dev/null; return ;;
        "inspect --listing") return ;;
        "inspect --progress") words="auto bar plain json none" ;;
        "inspect --config") return ;;
        "inspect --log-dir") return ;;
        "inspect --operator") compopt +o default 2>/dev/null; return ;;
        "package --kind") words="SIP AIP DIP AIU" ;;
        "package --layout") words="ifi-bag ifi bag mm-bag mm mets-bag mets csip-bag csip" ;;
        "package --container") words="folder tar tar.gz tar.zst zip" ;;
        "package --digest"|"package -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "package --supplement") return ;;
        "package --label") compopt +o default 2>/dev/null; return ;;
        "package --package-id") compopt +o default 2>/dev/null; return ;;
        "package --date") compopt +o default 2>/dev/null; return ;;
        "package --parent") compopt +o default 2>/dev/null; return ;;
        "package --media-id") compopt +o default 2>/dev/null; return ;;
        "package --bag-info") compopt +o default 2>/dev/null; return ;;
        "package --profile") compopt +o default 2>/dev/null; return ;;
        "package --max-files") compopt +o default 2>/dev/null; return ;;
        "package --max-size") compopt +o default 2>/dev/null; return ;;
        "package --exclude") compopt +o default 2>/dev/null; return ;;
        "package --jobs"|"package -j") compopt +o default 2>/dev/null; return ;;
        "package --report") return ;;
        "package --progress") words="auto bar plain json none" ;;
        "package --config") return ;;
        "package --log-dir") return ;;
        "package --operator") compopt +o default 2>/dev/null; return ;;
        "convert --layout") words="ifi-bag ifi bag mm-bag mm mets-bag mets csip-bag csip" ;;
        "convert --kind") words="SIP AIP DIP AIU" ;;
        "convert --container") words="folder tar tar.gz tar.zst zip" ;;
        "convert --digest"|"convert -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "convert --label") compopt +o default 2>/dev/null; return ;;
        "convert --package-id") compopt +o default 2>/dev/null; return ;;
        "convert --date") compopt +o default 2>/dev/null; return ;;
        "convert --parent") compopt +o default 2>/dev/null; return ;;
        "convert --media-id") compopt +o default 2>/dev/null; return ;;
        "convert --bag-info") compopt +o default 2>/dev/null; return ;;
        "convert --jobs"|"convert -j") compopt +o default 2>/dev/null; return ;;
        "convert --report") return ;;
        "convert --progress") words="auto bar plain json none" ;;
        "convert --config") return ;;
        "convert --log-dir") return ;;
        "convert --operator") compopt +o default 2>/dev/null; return ;;
        "export --form") words="aiht stanford e-ark bag" ;;
        "export --container") words="folder tar tar.gz tar.zst zip" ;;
        "export --select") compopt +o default 2>/dev/null; return ;;
        "export --exclude") compopt +o default 2>/dev/null; return ;;
        "export --format") compopt +o default 2>/dev/null; return ;;
        "export --access") compopt +o default 2>/dev/null; return ;;
        "export --watermark") return ;;
        "export --watermark-text") compopt +o default 2>/dev/null; return ;;
        "export --copyright") compopt +o default 2>/dev/null; return ;;
        "export --right") compopt +o default 2>/dev/null; return ;;
        "export --with") words="supplemental" ;;
        "export --to") return ;;
        "export --digest"|"export -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "export --label") compopt +o default 2>/dev/null; return ;;
        "export --package-id") compopt +o default 2>/dev/null; return ;;
        "export --date") compopt +o default 2>/dev/null; return ;;
        "export --jobs"|"export -j") compopt +o default 2>/dev/null; return ;;
        "export --report") return ;;
        "export --progress") words="auto bar plain json none" ;;
        "export --config") return ;;
        "export --log-dir") return ;;
        "export --operator") compopt +o default 2>/dev/null; return ;;
        "import --max-size") compopt +o default 2>/dev/null; return ;;
        "import --max-files") compopt +o default 2>/dev/null; return ;;
        "import --mapping") return ;;
        "import --kind") words="SIP AIP DIP AIU" ;;
        "import --layout") words="ifi-bag ifi bag mm-bag mm mets-bag mets csip-bag csip" ;;
        "import --container") words="folder tar tar.gz tar.zst zip" ;;
        "import --digest"|"import -d") words="md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4" ;;
        "import --label") compopt +o default 2>/dev/null; return ;;
        "import --package-id") compopt +o default 2>/dev/null; return ;;
        "import --date") compopt +o default 2>/dev/null; return ;;
        "import --parent") compopt +o default 2>/dev/null; return ;;
        "import --media-id") compopt +o default 2>/dev/null; return ;;
        "import --bag-info") compopt +o default 2>/dev/null; return ;;
        "import --profile") compopt +o default 2>/dev/null; return ;;
        "import --jobs"|"import -j") compopt +o default 2>/dev/null; return ;;
        "import --report") return ;;
        "import --progress") words="auto bar plain json none" ;;
        "import --config") return ;;
        "import --log-dir") return ;;
        "import --operator") compopt +o default 2>/dev/null; return ;;
        "edit --add") compopt +o default 2>/dev/null; return ;;
        "edit --supplement") compopt +o default 2>/dev/null; return ;;
        "edit --rename") compopt +o default 2>/dev/null; return ;;
        "edit --remove") compopt +o default 2>/dev/null; return ;;
        "edit --describe") compopt +o default 2>/dev/null; return ;;
        "edit --reason") compopt +o default 2>/dev/null; return ;;
        "edit --date") compopt +o default 2>/dev/null; return ;;
        "edit --profile") compopt +o default 2>/dev/null; return ;;
        "edit --jobs"|"edit -j") compopt +o default 2>/dev/null; return ;;
        "edit --report") return ;;
        "edit --progress") words="auto bar plain json none" ;;
        "edit --config") return ;;
        "edit --log-dir") return ;;
        "edit --operator") compopt +o default 2>/dev/null; return ;;
        "extract --index") return ;;
        "extract --jobs"|"extract -j") compopt +o default 2>/dev/null; return ;;
        "extract --report") return ;;
        "extract --progress") words="auto bar plain json none" ;;
        "extract --config") return ;;
        "extract --log-dir") return ;;
        "extract --operator") compopt +o default 2>/dev/null; return ;;
        "doctor --progress") words="auto bar plain json none" ;;
        "doctor --config") return ;;
        "doctor --log-dir") return ;;
        "doctor --operator") compopt +o default 2>/dev/null; return ;;
        "config --progress") words="auto bar plain json none" ;;
        "config --config") return ;;
        "config --log-dir") return ;;
        "config --operator") compopt +o default 2>/dev/null; return ;;
        *) _avpres_words ;;
    esac
    if [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        compopt +o default 2>/dev/null
    fi
}

# What may come next when no option waits for its value.
_avpres_words() {
    local seen=" ${COMP_WORDS[*]:2:COMP_CWORD-2} "
    case ${COMP_WORDS[1]} in
        copy)
            if [[ $current == -* ]]; then words="--to --lto --no-lto --digest -d --verify --require-medium --no-require-medium --replace --backend --exclude --skip-junk --no-skip-junk --links --xattrs --no-xattrs --mhl --no-mhl --ascmhl --no-ascmhl --per-item --no-per-item --from-list --glob --jobs -j --reserve --skip-space-check --recheck --checkpoint --dry-run --status --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        verify)
            if [[ $current == -* ]]; then words="--manifest -m --require-medium --no-require-medium --decode --stall --lto --no-lto --jobs -j --restart --bag-profile --schemas --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        manifest)
            if [[ $current == -* ]]; then words="--format -f --digest -d --output -o --exclude --skip-junk --no-skip-junk --lto --no-lto --jobs -j --restart --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        diff)
            if [[ $current == -* ]]; then words="--lto --no-lto --jobs -j --restart --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        characterise)
            if [[ $current == -* ]]; then words="--deep --digest -d --profile --strict --schemas --policy --engine --signatures --emit -e --into --manifest -m --ndjson --csv --html --jhove-xml --audit-xml --exclude --restart --jobs -j --time-limit --memory-limit --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        normalise)
            if [[ $current == -* ]]; then words="--sound --lossy --dv --slices --context --field-order --aspect --colour --digest -d --package --kind --layout --container --label --package-id --date --parent --media-id --mhl --bag-info --profile --from-list --exclude --stall --skip-space-check --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        access)
            if [[ $current == -* ]]; then words="--profile -p --deinterlace --in --out --aspect --watermark --watermark-text --watermark-place --watermark-size --opacity --timecode --no-timecode --font --audio --loudness --subtitles --chapters --copyright --metadata --from-list --exclude --jobs -j --dry-run --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        cook)
            if [[ $current == -* ]]; then words="--rate --gaps --bad-frames --mixed --uncodable --manifests --quiet-for --strict --engine --stall --profile --context --slices --workers -j --skip-space-check --package --sip --kind --layout --container --digest -d --label --package-id --date --parent --media-id --mhl --bag-info --package-profile --assess --onto --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        uncook)
            if [[ $current == -* ]]; then words="--only --workers -j --skip-space-check --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        repair)
            if [[ $current == -* ]]; then words="--from --workers -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        migrate)
            if [[ $current == -* ]]; then words="--policy --qa --plan --classes --table --restore --prove --review --sheet --seed --time-limit --memory-limit --skip-space-check --package --with-sources --kind --layout --container --label --package-id --from-list --exclude --date --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        inspect)
            if [[ $current == -* ]]; then words="--files --listing --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        package)
            if [[ $current == -* ]]; then words="--kind --layout --container --digest -d --supplement --label --package-id --date --parent --media-id --mhl --bag-info --profile --max-files --max-size --describe --no-describe --exclude --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        convert)
            if [[ $current == -* ]]; then words="--layout --kind --container --digest -d --strict --dry-run --label --package-id --date --parent --media-id --mhl --bag-info --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        export)
            if [[ $current == -* ]]; then words="--form --container --select --exclude --format --access --access-only --watermark --watermark-text --copyright --right --with --divided --single --to --digest -d --label --package-id --date --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        import)
            if [[ $current == -* ]]; then words="--strict --nested --max-size --max-files --dry-run --mapping --kind --layout --container --digest -d --label --package-id --date --parent --media-id --mhl --bag-info --profile --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        edit)
            if [[ $current == -* ]]; then words="--add --supplement --rename --remove --describe --reason --destroy --verify --dry-run -n --date --profile --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        extract)
            if [[ $current == -* ]]; then words="--all --index --jobs -j --report --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        doctor)
            if [[ $current == -* ]]; then words="--speed --json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            ;;
        config)
            if [[ $current == -* ]]; then words="--json --progress --config --log-dir --operator --no-input --verbose -v --quiet -q --debug --help -h"; return; fi
            if [[ $seen != *" show "* && $seen != *" init "* && $seen != *" path "* ]]; then words="show init path"; return; fi
            ;;
        completion)
            if [[ $current == -* ]]; then words="--help -h"; return; fi
            if [[ $seen != *" bash "* && $seen != *" zsh "* && $seen != *" fish "* ]]; then words="bash zsh fish"; return; fi
            compopt +o default 2>/dev/null
            ;;
    esac
}

complete -o default -F _avpres avpres
