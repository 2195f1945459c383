"""A PID 1 as small as can be, for tests of the host's side: a question is Python to run in a fork, the answer its
exit status.

A question that begins with "#pid1" runs in PID 1 itself. Frames are written out here once more, so that what the host
reads
does not hang on the code that is tested.
"""

PID_1 = r"""
import json, os, signal, struct, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
def put(header, body=b""):
    text = json.dumps(header).encode()
    raw(struct.pack(">II", 4 + len(text) + len(body), len(text)) + text + body)
def raw(data):
    while data:
        data = data[os.write(1, data):]
def take(size):
    data = b""
    while len(data) < size:
        piece = os.read(0, size - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data
put({"is": "ready", "image": "stub"})
said = {"begin": "begun", "ask": "reply", "end": "ended", "check": "checked"}
while True:
    size, = struct.unpack(">I", take(4))
    frame = take(size)
    length, = struct.unpack_from(">I", frame)
    header, body = json.loads(frame[4:4 + length]), frame[4 + length:]
    reply = {"is": said[header["do"]]} | {key: header[key] for key in ("run", "seq", "nonce") if key in header}
    status = 0
    if body.startswith(b"#pid1"):
        exec(body.decode())
    elif body:
        pid = os.fork()
        if not pid:
            try:
                exec(body.decode())
            finally:
                os._exit(0)
        while True:
            found, status = os.wait()
            if found == pid:
                break
    put(reply, str(status).encode())
"""

COMMAND = ["python3", "-P", "-s", "-c", PID_1]
