#!/bin/sh
# Quick start: set up if need be, make a small sample, copy it, verify the copy.
# usage: sh examples/quickstart.sh [FOLDER]   (a new folder in /tmp when none is given)
# Without avpres on PATH it is set up in .venv beside this folder: needs python3 with venv.
set -eu
if ! command -v avpres >/dev/null; then
  here=$(cd "$(dirname "$0")/.." && pwd)
  [ -x "$here/.venv/bin/python" ] || python3 -m venv "$here/.venv"
  [ -x "$here/.venv/bin/avpres" ] || echo "setting up in $here/.venv; takes half a minute"
  [ -x "$here/.venv/bin/avpres" ] || "$here/.venv/bin/pip" install -q --disable-pip-version-check "$here"
  PATH="$here/.venv/bin:$PATH"
fi
work=${1:-$(mktemp -d)}

# A sample reel: twelve frames, and a note whose name is not plain ASCII.
mkdir -p "$work/scans/reel-1" "$work/archive"
number=1
while [ "$number" -le 12 ]; do
  head -c 200000 /dev/urandom >"$work/scans/reel-1/frame_$number.dpx"
  number=$((number + 1))
done
echo "scanned on the old machine" >"$work/scans/reel-1/nóta.txt"

# Two words copy it: read once, written, flushed, read back from the disk, compared.
avpres copy "$work/scans/reel-1" "$work/archive"

# The manifest beside the copy is a plain md5 file; avpres finds it by itself.
avpres verify "$work/archive/reel-1"

echo "the copy and its manifest: $work/archive"
