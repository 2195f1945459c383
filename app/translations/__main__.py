"""`python -m app.translations update AREA | compile | check`"""

import sys

from app.translations.catalogs import main

sys.exit(main(sys.argv[1:]))
