from tests.hostile.cases import TARGETS

FILES = {'"><script>alert(1)<\\\u202e=cmd()|🙂.py': TARGETS["tools"].solution()["work.py"]}
