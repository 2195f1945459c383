# %% total
total = sum(prices.values())
print(prices)
# %% looking
import sys

import pandas as pd

df = pd.read_csv("prices.csv")
print(df.head())
print(df.head(), file=sys.stderr)
display(df.head())
df.plot.bar(x="product", y="price", title=str(prices))
# %% dearest
dearest = max(prices, key=prices.get)
raise RuntimeError(prices)
