import base64
import json

from tests.hostile.cases import TARGETS, notebook

told = json.loads(notebook(TARGETS["shop"], ""))
svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
for cell in told["cells"]:
    cell["attachments"] = {"a.svg": {"image/svg+xml": svg}, "b.png": {"image/png": base64.b64encode(b"x" * 400_000).decode()}}
    if cell["cell_type"] == "code":
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": svg, "text/html": svg}}]
told["cells"].append({"cell_type": "markdown", "id": "m", "metadata": {}, "source": "![x](attachment:a.svg) ![y](data:image/svg+xml;base64,xx)"})
FILES = {"task.ipynb": json.dumps(told).encode()}
