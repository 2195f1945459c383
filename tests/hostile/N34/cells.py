# %% total
import asyncio
await asyncio.sleep(0)
total = sum(prices.values())
# %% nested
asyncio.run(asyncio.sleep(0))
# %% left
async def for_ever():
    while True:
        await asyncio.sleep(0.001)
tasks = [asyncio.ensure_future(for_ever()) for _ in range(50)]
