#!/bin/sh
# Smoke test for your own CI: is the avpres on PATH whole, and do its verdicts hold?
# Needs a POSIX shell and 1 MB in /tmp. Ends with 0, or says what failed and ends with 1.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() { # check STATUS COMMAND...
  wanted=$1
  shift
  got=0
  "$@" >"$work/output" 2>&1 </dev/null || got=$?
  if [ "$got" != "$wanted" ]; then
    echo "failed: status $got, expected $wanted: $*" >&2
    cat "$work/output" >&2
    exit 1
  fi
}

check 0 avpres --version
check 0 avpres --help
for command in $(avpres --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p'); do
  check 0 avpres "$command" --help
done
check 2 avpres copy
check 2 avpres no-such-command

mkdir -p "$work/reel/sub" "$work/disk"
head -c 300000 /dev/urandom >"$work/reel/a.dpx"
head -c 1000 /dev/urandom >"$work/reel/sub/b c.wav"
: >"$work/reel/empty"

check 0 avpres copy "$work/reel" "$work/disk"
check 0 cmp "$work/reel/a.dpx" "$work/disk/reel/a.dpx"
check 0 cmp "$work/reel/sub/b c.wav" "$work/disk/reel/sub/b c.wav"
check 0 avpres copy "$work/reel" "$work/disk"
check 0 avpres verify "$work/disk/reel"

# Changed bytes are status 10, a missing file 11; nothing that differs is overwritten: 22.
printf 'scratched' | dd of="$work/disk/reel/a.dpx" bs=1 seek=1000 conv=notrunc 2>/dev/null
check 10 avpres verify "$work/disk/reel"
check 22 avpres copy "$work/reel" "$work/disk"
rm "$work/disk/reel/a.dpx"
check 11 avpres verify "$work/disk/reel"
check 20 avpres copy "$work/no-such-reel" "$work/disk"

# A sound picture is 0, a cut one 13, one that nobody can judge 11; nothing is written beside them.
mkdir "$work/stills"
gif='GIF89a\001\000\001\000\200\000\000\000\000\000\377\377\377,\000\000\000\000\001\000\001\000\000\002\002D\001\000;'
# shellcheck disable=SC2059 # the picture is written as printf's own escapes
printf "$gif" >"$work/stills/frame.gif"
check 0 avpres characterise "$work/stills"
head -c 30 "$work/stills/frame.gif" >"$work/stills/cut.gif"
check 13 avpres characterise "$work/stills"
{ printf '\001\002\003'; head -c 1000 /dev/urandom; } >"$work/stills/cut.gif"
check 13 avpres characterise "$work/stills"
mv "$work/stills/cut.gif" "$work/stills/cut.unheard-of"
check 11 avpres characterise "$work/stills"
check 20 avpres characterise "$work/no-such-folder"
check 0 test "$(ls "$work/stills" | wc -l)" -eq 2

echo "avpres smoke test: all is well"
