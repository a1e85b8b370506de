#!/bin/sh
# Migrate a small collection: plan, run, run again, prove it without its sources, give a sound back.
# usage: sh examples/migrate.sh [FOLDER]   (a new folder in /tmp when none is given)
set -eu
work=${1:-$(mktemp -d)}
mkdir -p "$work/collection"

# A picture (PPM), a sound (WAVE: half a second of silence at 8 kHz), and a note that stays as it is.
{ printf 'P6\n64 48\n255\n'; head -c 9216 /dev/urandom; } >"$work/collection/picture.ppm"
{
  printf 'RIFF\144\037\000\000WAVEfmt \020\000\000\000\001\000\001\000'
  printf '\100\037\000\000\200\076\000\000\002\000\020\000data\100\037\000\000'
  head -c 8000 /dev/zero
} >"$work/collection/sound.wav"
echo "found in the attic" >"$work/collection/note.txt"

# What would become of it? Headers are read, nothing is written.
avpres migrate "$work/collection" --plan

# The picture becomes JPEG 2000, the sound FLAC; each is decoded again and compared.
avpres migrate "$work/collection" "$work/migrated"

# Once more: everything is settled, so nothing is done.
avpres migrate "$work/collection" "$work/migrated"

# Years later, when the sources are elsewhere: is all as it was proved?
avpres migrate --prove "$work/migrated"

# The very bytes of the sound come back from its FLAC.
avpres migrate --restore "$work/migrated/sound.flac" "$work/back"
cmp "$work/collection/sound.wav" "$work/back/sound.wav"

echo "results and their record: $work/migrated/migration.jsonl"
