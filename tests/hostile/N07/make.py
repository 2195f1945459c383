import json

from tests.hostile.cases import TARGETS, notebook

told = json.loads(notebook(TARGETS["shop"], ""))
told["metadata"] = {"kernelspec": {"name": "../../evil", "display_name": "bash", "language": "bash"},
                    "language_info": {"name": "ir", "version": "99"}, "widgets": {"x": "y" * 1000},
                    "papermill": {"parameters": {"total": 1}}, "celltoolbar": "<script>"}
FILES = {"task.ipynb": json.dumps(told).encode()}
