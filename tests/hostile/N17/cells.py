# %% total
total = 0
from jupyter_client import BlockingKernelClient

kernel = get_ipython().kernel
client = BlockingKernelClient(connection_file=get_ipython().config.IPKernelApp.connection_file)
client.load_connection_file()
client.start_channels(hb=False)
client.session.send(client.control_channel.socket, "shutdown_request", {"restart": True})
client.session.send(client.control_channel.socket, "interrupt_request", {})
client.session.send(client.shell_channel.socket, "execute_request", {"code": "total = 61", "silent": True})
import time
time.sleep(1)
# %% dearest
dearest = None
# %% taxed
def taxed(price): ...
