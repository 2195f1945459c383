# %% total
kernel = get_ipython().kernel
session, place = kernel.session, kernel.iopub_socket
total = 0
for kind in ("stream", "display_data", "execute_result", "error", "status", "update_display_data", "execute_input", "nonsense", "\u0000"):
    for content in ({}, {"data": 7}, {"name": 7, "text": []}, {"execution_state": 5}, {"ename": None}, {"data": {"image/png": 7}},
                    {"output_type": {"x": 1}}, {"transient": 3, "data": [], "metadata": "x"}, {"traceback": {"a": "b"}}):
        try:
            session.send(place, kind, content, parent=kernel.get_parent())
        except Exception:
            pass
for parts in ([b"<IDS|MSG>"], [b"x"] * 50, [b"<IDS|MSG>", b"bad", b"{}", b"{}", b"{}", b"{}"], [b"\xff" * 1000]):
    place.send_multipart(parts)
# %% dearest
dearest = None
header = kernel.get_parent()["header"]
for status in ("ok", "error", 7, None):
    session.send(kernel.shell_stream if hasattr(kernel, "shell_stream") else place, "execute_reply",
                 {"status": status, "msg_id": "m" * 100_000}, parent=kernel.get_parent())
# %% taxed
def taxed(price):
    return None
