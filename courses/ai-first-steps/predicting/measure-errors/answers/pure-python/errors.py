def mae(actual, predicted):
    if not actual or len(actual) != len(predicted):
        raise ValueError
    total = 0
    for a, p in zip(actual, predicted):
        total += abs(a - p)
    return total / len(actual)


def accuracy(actual, predicted):
    if not actual or len(actual) != len(predicted):
        raise ValueError
    right = 0
    for i in range(len(actual)):
        if actual[i] == predicted[i]:
            right += 1
    return right / len(actual)


def baseline_mae(train, test):
    guess = sum(train) / len(train)
    return sum(abs(value - guess) for value in test) / len(test)
