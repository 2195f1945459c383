# %% total
total = sum(prices.values())
# %% one
open(r"C:\Users\Leyla\Desktop\prices.csv")
# %% two
import pandas as pd
pd.read_csv("sales.csv")
# %% three
open("/home/leyla/last-time.txt")
