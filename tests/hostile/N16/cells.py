# %% total
total = sum(prices.values())
import os
os._exit(1)
