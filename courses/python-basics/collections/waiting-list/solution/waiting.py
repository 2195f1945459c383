def add_visitor(name, queue=None):
    """Put a visitor at the end of the queue; without a queue, begin a new one."""
    if queue is None:
        queue = []
    queue.append(name)
    return queue


def serve(queue):
    """The first visitor and the list of the others."""
    if not queue:
        return None, []
    return queue[0], queue[1:]
