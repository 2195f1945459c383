import a_package_that_is_not_installed


def square(n):
    return n * n
