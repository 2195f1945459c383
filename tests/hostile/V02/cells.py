# %% total
total = sum(prices.values())
# %% shown
evil = "<mar" + "quee onfinish=al" + "ert(2)>x</mar" + "quee>"
for kind in ("text/html", "image/svg+xml", "application/javascript", "text/markdown", "text/latex", "application/pdf",
             "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json", "text/vnd.mermaid"):
    display({kind: evil}, raw=True)
    display({kind: evil, "text/plain": "plain"}, raw=True)
class Rich:
    def _repr_html_(self):
        return '<table border="1" class="dataframe"><thead><tr><th>' + evil + "</th></tr></thead></table>"
display(Rich())
