def add_visitor(name, queue=None):
    if queue is None:
        queue = []
    return queue.append(name)


def serve(queue):
    return [queue[0], queue[1:]]
