#!/bin/sh
# Run by the image's own Python, in a container of the bare root: .pyc without time stamps, and matplotlib's list of fonts.
#
#   sh compile.sh SITE LIBRARY FONTS
#
# LIBRARY receives the __pycache__ of the standard library, which comes without: each container would compile 500 files for itself.
# What a .pyc holds depends a little on what its process compiled before: four fixed lists, not whichever file comes next, give the same bytes.
set -eu
site=$1 library=$2 fonts=$3
stdlib=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
(cd "$stdlib" && find . -name '*.py' -not -path './*-packages/*' | xargs cp --parents -t "$library")
find "$library" -name '*.py' | LC_ALL=C sort > "$fonts/library"
find "$site" -name '*.py' | LC_ALL=C sort > "$fonts/all"
python3 -m compileall -q --invalidation-mode unchecked-hash -s "$library" -p "$stdlib" -i "$fonts/library" &
pids=$!
for part in 0 1 2 3; do
  sed -n "$((part + 1))~4p" "$fonts/all" > "$fonts/part$part"
  python3 -m compileall -q --invalidation-mode unchecked-hash -i "$fonts/part$part" &
  pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done
MPLCONFIGDIR=$fonts python3 -B -c 'import matplotlib.font_manager'
find "$library" -name '*.py' -delete
rm -rf "$fonts/all" "$fonts/library" "$fonts"/part? "$fonts/tex.cache" "$fonts"/*.lock
