def add_visitor(name, queue=None):
    if queue is None:
        queue = []
    queue.insert(0, name)
    return queue


def serve(queue):
    if not queue:
        return None, []
    return queue[0], queue[1:]
