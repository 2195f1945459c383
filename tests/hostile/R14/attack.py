out = sys.stdout.buffer
out.write(b"\x00\xff\xfe\xc3\x28|\r/\r-\r")
out.write("\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202etxet\u202c a\u200bb".encode())
