import json

from tests.hostile.cases import TARGETS, notebook

told = json.loads(notebook(TARGETS["shop"], "# %% total\nprint('helped')\ntotal = add(prices)\n"))
place = next(at for at, cell in enumerate(told["cells"]) if cell["id"] == "total")
helper = {"cell_type": "code", "metadata": {"id": "Xy12", "colab": {"base_uri": "https://localhost:8080/"}}, "outputs": [],
          "execution_count": 7, "source": ["def add(prices):\n", "    return sum(prices.values())"]}
told["cells"].insert(place, helper)
for number, cell in enumerate(told["cells"]):
    cell.pop("id", None)
    cell["metadata"] = {**cell.get("metadata", {}), "id": f"Ab{number}", "vscode": {"languageId": "python"}}
told |= {"nbformat_minor": 4, "metadata": {"colab": {"provenance": []}, "language_info": {"name": "python"}}}
FILES = {"Copy of task (1).ipynb": json.dumps(told, indent=1).encode()}
