class BusCard:
    def __init__(self, owner):
        self.owner = owner
        self.balance = 0
        self.paid = []

    def top_up(self, amount):
        if amount <= 0:
            print("ValueError")
        else:
            self.balance += amount
            print(self.balance)

    def ride(self, price):
        if price < self.balance:
            self.balance -= price
            self.paid.append(price)
            print(True)
        else:
            print(False)

    def left(self):
        print(self.balance)

    def trips(self):
        print(self.paid)
