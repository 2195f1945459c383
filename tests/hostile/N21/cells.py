# %% total
total = sum(prices.values())
# %% one
input("name? ")
# %% two
import getpass
getpass.getpass()
# %% three
import pdb
pdb.set_trace()
# %% four
1 / 0
# %% five
%debug
# %% six
breakpoint()
