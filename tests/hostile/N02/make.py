import json

from tests.hostile.cases import TARGETS

told = json.loads(TARGETS["shop"].solution()["task.ipynb"])
FILES = {"task.ipynb": json.dumps(told).encode()}
