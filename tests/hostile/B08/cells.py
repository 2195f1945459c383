# %% total
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, Math, display
df = pd.DataFrame({"product": list(prices), "price": list(prices.values())})
df.plot.bar(x="product", y="price")
plt.show()
display(df, Markdown("**bold** $x^2$"), Math(r"\frac{a}{b}"))
for number in range(100):
    print(f"\r{number}%", end="")
total = int(df["price"].sum())
