#!/bin/sh
# Quick start: make a small sample, copy it, verify the copy.
# usage: examples/quickstart.sh [FOLDER]   (a new folder in /tmp when none is given)
set -eu
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
