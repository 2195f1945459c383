import json

from tests.hostile.cases import TARGETS, notebook

told = json.loads(notebook(TARGETS["shop"], ""))
told["cells"] = [cell for cell in told["cells"] if cell["id"] != "dearest"]
FILES = {"task.ipynb": json.dumps(told).encode()}
