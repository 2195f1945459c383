class BusCard:
    paid = []
    balance = 0

    def __init__(self, owner):
        self.owner = owner

    def top_up(self, amount):
        if amount <= 0:
            raise ValueError("the amount must be positive")
        self.balance += amount
        return self.balance

    def ride(self, price):
        if price > self.balance:
            return False
        self.balance -= price
        self.paid.append(price)
        return True

    def left(self):
        return self.balance

    def trips(self):
        return self.paid
