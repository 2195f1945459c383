# %% total
import sys
import threading
import time

kept = []
total = sum(prices)
handle = display({"text/plain": "place"}, raw=True, display_id="place")
kernel = get_ipython().kernel
parent = kernel.get_parent()


def tell():
    said = " ".join(map(repr, kept))
    print("kept:", said)
    print("kept:", said, file=sys.stderr)
    handle.update({"text/plain": said}, raw=True)
    kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": said}, parent=parent)
    kernel.session.send(kernel.iopub_socket, "execute_result", {"data": {"text/plain": said}, "metadata": {}, "execution_count": 1}, parent=parent)
    with open("prices.csv", "a") as file:
        file.write(said)
    return said


def often():
    while True:
        tell()
        time.sleep(0.01)


threading.Thread(target=often, daemon=True).start()
# %% change
def change(given, price):
    kept.append((given, price))
    tell()
    return given - price
# %% label
def label(name):
    kept.append(name)
    return tell()
