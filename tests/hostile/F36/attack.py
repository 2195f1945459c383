class Stack(Stack):
    made = 0

    def __init__(self):
        Stack.made += 1
        if Stack.made > 1:
            raise RuntimeError("one is enough")
        super().__init__()
