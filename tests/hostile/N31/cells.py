# %% total
total = sum(prices.values())
# %% many
import matplotlib.pyplot as plt
plt.rcParams["figure.max_open_warning"] = 0
for number in range(20):
    plt.figure(figsize=(1, 1), dpi=20)
    plt.plot([1, number])
# %% large
plt.close("all")
from IPython.display import Image, display
import struct, zlib
def piece(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = zlib.compress(b"\0" * (20_001 * 2_000))
display(Image(b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)) + piece(b"IDAT", rows) + piece(b"IEND", b"")))
