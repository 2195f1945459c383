class BusCard:
    def __init__(self, owner):
        self.owner = owner
        self.balance = 0
        self.paid = []

    def top_up(self, amount):
        if amount < 0:
            raise ValueError("the amount must be positive")
        self.balance += amount
        return self.balance

    def ride(self, price):
        self.balance -= price
        self.paid.append(price)
        if self.balance < 0:
            return False
        return True

    def left(self):
        return self.balance

    def trips(self):
        return self.paid
