#!/bin/sh
# A slim Debian 12 root with Debian's own python3.11, no package manager, no perl, no setuid file.
#
#   sh base.sh OUT.tar MODE MIRROR SECURITY_MIRROR
#
# MODE is mmdebstrap's (root, unshare). The mirrors are those apt on this machine already uses. Variant "extract" unpacks packages and runs none of
# their scripts, which is why it takes five seconds and gives the same bytes for the same packages; what was unpacked is written to /usr/share/bilik/packages.
set -eu
out=$1 mode=$2 mirror=$3 security=$4

# Without libc-bin setlocale fails and ctypes finds no libc. zoneinfo comes from the wheel "tzdata".
packages=python3.11,libstdc++6,dash,coreutils,base-files,netbase,libc-bin,grep,sed,findutils

SOURCE_DATE_EPOCH=1700000000 mmdebstrap --quiet --mode="$mode" --variant=extract --include="$packages" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' --aptopt='Acquire::Languages "none"' ${APT_OPTION:+--aptopt="$APT_OPTION"} \
  --extract-hook='cd "$1" && mkdir -p usr/share/bilik && ls var/cache/apt/archives | grep "\.deb$" | LC_ALL=C sort > usr/share/bilik/packages' \
  --extract-hook='cd "$1" && rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/perl5 usr/share/lintian usr/share/info usr/share/bug usr/share/debconf \
      usr/share/gdb usr/share/gcc usr/share/dpkg usr/share/bash-completion usr/share/applications usr/share/pixmaps usr/share/polkit-1 usr/share/menu \
      usr/share/binfmts usr/share/common-licenses usr/share/zoneinfo etc/cron.daily etc/logrotate.d lib/systemd usr/lib/systemd usr/libexec/dpkg usr/lib/dpkg \
      usr/bin/apt* usr/bin/dpkg* usr/bin/deb* usr/bin/perl* usr/sbin/*' \
  --extract-hook='cd "$1" && ln -sf python3.11 usr/bin/python3 && /sbin/ldconfig -r "$1" && rm -rf var/cache/ldconfig && mkdir -p tmp proc sys dev box opt && chmod 1777 tmp \
      && printf "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n" > etc/passwd \
      && printf "root:x:0:\nnogroup:x:65534:\n" > etc/group && find . -xdev -type f -perm /6000 -exec chmod a-s {} +' \
  bookworm "$out" "deb $mirror bookworm main" "deb $mirror bookworm-updates main" "deb $security bookworm-security main"
