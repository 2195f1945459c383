from checks import answer, check

EXPECTED = "K7ZQ-dedoc"  # the source of a check is a secret too: source-QZ7K


@check(points=1, hidden=True, title={"en": "Once more", "az": "Bir daha", "ru": "Ещё раз"})
def coded():
    answer.call("mirror", "coded-QZ7K").equals(EXPECTED)
