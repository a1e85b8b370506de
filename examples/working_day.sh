#!/bin/sh
# A working day at an archive: deliveries in, two copies, manifests, damage found and mended,
# stills described, a package made, changed, handed on and taken in, scans and sound made masters.
# usage: examples/working_day.sh [FOLDER]   (a new folder in /tmp when none is given)
# Every status that matters is checked, as a script of your own would.
set -eu
work=${1:-$(mktemp -d)}
cd "$work"

say() { printf '\n== %s\n' "$*"; }
expect() { # expect STATUS COMMAND...
  wanted=$1
  shift
  got=0
  "$@" || got=$?
  [ "$got" = "$wanted" ] || { echo "status $got, expected $wanted: $*" >&2; exit 1; }
}

say "what was delivered: two reels and an interview with its md5 file"
mkdir -p delivery/reel-1 delivery/reel-2 shelf-a shelf-b reports
for reel in reel-1 reel-2; do
  for number in 001 002 003 004 005; do
    head -c 150000 /dev/urandom >"delivery/$reel/frame_$number.dpx"
  done
done
head -c 400000 /dev/urandom >delivery/interview.mov
(cd delivery && md5sum interview.mov >interview.mov.md5)

say "morning: everything to two shelves from one reading, with md5 and sha512 manifests"
avpres copy delivery/reel-1 delivery/reel-2 delivery/interview.mov shelf-a --to shelf-b \
  --digest md5 --digest sha512 --report reports/morning.html --report reports/morning.csv

test -s reports/morning.html # one page to file with the tape
test -s reports/morning.csv

say "the same command again does nothing that is done already"
avpres copy delivery/reel-1 delivery/reel-2 delivery/interview.mov shelf-a --to shelf-b \
  --digest md5 --digest sha512

say "any md5sum can check the manifests without avpres"
(cd shelf-a && md5sum --quiet -c reel-1_manifest.md5)

say "a list of items: a manifest for each, in one run"
mkdir items
printf '%s\n' delivery/reel-1 delivery/reel-2 | avpres copy --from-list - --per-item items
test -f items/reel-1_manifest.md5
test -f items/reel-2_manifest.md5

say "manifests in the formats that partners ask for"
avpres manifest shelf-a/reel-2 --format hashdeep --output reports/reel-2.hashdeep
avpres manifest shelf-a/reel-2 --format mhl --output reports/reel-2.mhl

say "noon: both shelves are as they should be"
avpres verify shelf-a/reel-1 shelf-a/reel-2
avpres verify shelf-b/reel-1 shelf-b/reel-2
avpres verify shelf-b/reel-2 --manifest reports/reel-2.hashdeep
avpres diff shelf-a/reel-1 shelf-b/reel-1

say "afternoon: a few bytes change on shelf B (status 10)"
printf 'scratched' | dd of=shelf-b/reel-1/frame_003.dpx bs=1 seek=70000 conv=notrunc 2>/dev/null
expect 10 avpres verify shelf-b/reel-1

say "a frame is gone, and a stray file has come (status 11)"
mv shelf-b/reel-2/frame_005.dpx stray
echo stray >shelf-b/reel-2/stray.txt
expect 11 avpres verify shelf-b/reel-2
mv stray shelf-b/reel-2/frame_005.dpx
rm shelf-b/reel-2/stray.txt

say "copying again does not overwrite what differs (status 22) unless told to"
expect 22 avpres copy delivery/reel-1 shelf-b
avpres copy delivery/reel-1 shelf-b --replace

say "a delivery of stills: what are they, and are they sound?"
mkdir stills
gif='GIF89a\001\000\001\000\200\000\000\000\000\000\377\377\377,\000\000\000\000\001\000\001\000\000\002\002D\001\000;'
# shellcheck disable=SC2059 # the picture is written as printf's own escapes
printf "$gif" >stills/frame_1.gif
cp stills/frame_1.gif stills/frame_2.gif
printf '<?xml version="1.0"?>\n<reel><title>Reel 1</title></reel>\n' >stills/reel.xml
avpres characterise stills --html reports/stills.html --csv reports/stills.csv
avpres characterise stills --emit mix --into reports/records
test -s reports/records/stills/frame_1.gif.mix.xml

say "the producer's list names a frame that did not come (status 11)"
printf 'path,mime\nframe_1.gif,image/gif\nframe_2.gif,image/gif\nframe_3.gif,image/gif\nreel.xml,application/xml\n' \
  >list.csv
expect 11 avpres characterise stills --manifest list.csv

say "one arrived cut: a GIF that is not well-formed, not a 'valid' something else (status 13)"
head -c 30 stills/frame_1.gif >stills/frame_2.gif
expect 13 avpres characterise stills

say "the reels become a package in one tar, with its index"
mkdir store partner
avpres package shelf-a/reel-1 shelf-a/reel-2 store --container tar --label "Reels 1 and 2"
package=$(echo store/*.tar)
avpres verify "$package"
avpres inspect "$package" --files >reports/package.txt

say "one frame is wanted: one seek in the tar, proved"
avpres extract "$package" reel-2/frame_004.dpx wanted
cmp wanted/reel-2/frame_004.dpx delivery/reel-2/frame_004.dpx

say "57,450 files would travel as a handful of objects: here, four at most in each"
avpres package stills shelf-a/reel-1 store/divided --max-files 4
avpres verify store/divided/*

say "a partner gets a DIP, and takes it in as a package of its own"
avpres export "$package" partner/inbox --container tar.zst
avpres import partner/inbox/*.tar.zst partner/store
avpres verify partner/store/*

say "a name was wrong: the package is changed in one step, and tells of it"
avpres edit partner/store/* --describe 'label=Reels of the north' --reason "as on the can"
avpres verify partner/store/*

say "the same package for a repository that wants E-ARK"
avpres convert partner/store/* partner/e-ark --layout csip
avpres verify partner/e-ark/*

say "scans and their sound become one film that gives every byte back"
mkdir -p scans/reel-3
tiff='II*\000\010\000\000\000\011\000\000\001\003\000\001\000\000\000\020\000\000\000\001\001\003\000\001\000\000\000\020\000\000\000\002\001\003\000\001\000\000\000\010\000\000\000\003\001\003\000\001\000\000\000\001\000\000\000\006\001\003\000\001\000\000\000\001\000\000\000\021\001\004\000\001\000\000\000z\000\000\000\025\001\003\000\001\000\000\000\001\000\000\000\026\001\003\000\001\000\000\000\020\000\000\000\027\001\004\000\001\000\000\000\000\001\000\000\000\000\000\000'
wave='RIFF\244\273\000\000WAVEfmt\040\020\000\000\000\001\000\001\000\200\273\000\000\000w\001\000\002\000\020\000data\200\273\000\000'
for number in 0001 0002 0003 0004; do
  # shellcheck disable=SC2059 # the headers are written as printf's own escapes
  { printf "$tiff"; head -c 256 /dev/urandom; } >"scans/reel-3/frame_$number.tif"
done
# shellcheck disable=SC2059
{ printf "$wave"; head -c 48000 /dev/urandom; } >scans/reel-3/sound.wav
avpres cook scans/reel-3 films --rate 24
avpres verify films/reel-3/reel-3.mkv
avpres uncook films/reel-3/reel-3.mkv scans-again
diff -r scans/reel-3 scans-again/reel-3

say "a recording becomes a master in FLAC, every sample proved, and again years later"
avpres normalise scans/reel-3/sound.wav masters
avpres verify --decode masters/sound
avpres access masters/sound/sound.flac copies --profile mp3

say "evening: all is well again"
avpres verify shelf-b/reel-1 shelf-b/reel-2
echo "the day's reports: $work/reports"
