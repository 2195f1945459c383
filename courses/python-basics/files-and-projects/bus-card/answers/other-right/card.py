class BusCard:
    def __init__(self, owner):
        self.owner = owner
        self.topped = []
        self.rides = []

    def left(self):
        return sum(self.topped) - sum(self.rides)

    def top_up(self, amount):
        if amount < 1:
            raise ValueError(amount)
        self.topped.append(amount)
        return self.left()

    def ride(self, price):
        enough = self.left() >= price
        if enough:
            self.rides = self.rides + [price]
        return enough

    def trips(self):
        return list(self.rides)
