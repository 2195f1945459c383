import json

from tests.hostile.cases import TARGETS, notebook

told = json.loads(notebook(TARGETS["shop"], ""))
place = next(at for at, cell in enumerate(told["cells"]) if cell["id"] == "total")
told["cells"].insert(place + 1, told["cells"][place] | {"source": "total = 0"})
FILES = {"task.ipynb": json.dumps(told).encode()}
