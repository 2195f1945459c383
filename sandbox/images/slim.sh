#!/bin/sh
# Takes out of an unpacked tree of wheels what no learner's program needs: 425 -> 311 MB.
#
#   sh slim.sh SITE
#
# Never `strip` the .so files: numpy's then no longer load ("ELF load command address/offset not page-aligned").
set -eu
cd "$1"
find . -type d -name tests -prune -exec rm -rf {} +
find . -name '*.pyi' -delete
find . -name '*.pyx' -delete
find . -name '*.pxd' -delete
find . -type d -name __pycache__ -prune -exec rm -rf {} +
rm -rf .lock bin jedi/third_party/django-stubs numpy/_core/include numpy/f2py/src matplotlib/mpl-data/sample_data matplotlib/mpl-data/plot_directive \
  share/doc share/man debugpy debugpy-*.dist-info
