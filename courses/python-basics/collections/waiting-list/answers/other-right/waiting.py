def add_visitor(name, queue=None):
    return (queue or []) + [name]


def serve(queue):
    rest = list(queue)
    first = rest.pop(0) if rest else None
    return (first, rest)
