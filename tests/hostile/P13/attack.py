sys.exit(3)
