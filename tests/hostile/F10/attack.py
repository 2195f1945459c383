def first(things):
    return things[0] == 1


class Stack(Stack):
    def __len__(self):
        return True  # Python itself makes an int of it
