#!/bin/sh
# Run by the image's own Python, in a container of the bare root: .pyc without time stamps, and matplotlib's list of fonts.
#
#   sh compile.sh SITE FONTS
#
# What a .pyc holds depends a little on what its process compiled before: four fixed lists, not whichever file comes next, give the same bytes.
set -eu
site=$1 fonts=$2
find "$site" -name '*.py' | LC_ALL=C sort > "$fonts/all"
pids=
for part in 0 1 2 3; do
  sed -n "$((part + 1))~4p" "$fonts/all" > "$fonts/part$part"
  python3 -m compileall -q --invalidation-mode unchecked-hash -i "$fonts/part$part" &
  pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done
MPLCONFIGDIR=$fonts python3 -B -c 'import matplotlib.font_manager'
rm -rf "$fonts/all" "$fonts"/part? "$fonts/tex.cache" "$fonts"/*.lock
