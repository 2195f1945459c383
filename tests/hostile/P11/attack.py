import faulthandler
import sys
import threading

sys.excepthook = sys.unraisablehook = lambda *_: print("hooked")
threading.excepthook = lambda *_: print("hooked")
faulthandler.enable()
faulthandler.dump_traceback_later(0.2, repeat=True)


def square(n):
    sys.settrace(lambda *_: None)
    sys.setprofile(lambda *_: None)
    sys.setswitchinterval(1e-6)
    return n * n
