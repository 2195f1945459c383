# %% total
total = sum(prices.values())
# %% widgets
kernel = get_ipython().kernel
for number in range(40):
    kernel.session.send(kernel.iopub_socket, "comm_open", {"comm_id": f"c{number}", "target_name": "jupyter.widget",
                        "data": {"state": {"value": "x" * 500_000}}}, parent=kernel.get_parent())
    kernel.session.send(kernel.iopub_socket, "comm_msg", {"comm_id": f"c{number}", "data": {"method": "update",
                        "state": {"value": "y" * 500_000}}}, parent=kernel.get_parent())
display({"application/vnd.jupyter.widget-view+json": {"model_id": "c0", "version_major": 2}}, raw=True)
